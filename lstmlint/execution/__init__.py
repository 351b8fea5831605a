"""The user's own script in the sandbox, only when asked for: `lstmlint confirm --execute`.

    source ──▶ mirror ──▶ child (instrumented script) ──▶ observation ──▶ verdicts
                a copy of the       shapes at each call,     what was seen,   seen in the run:
                project to write to  training cut short      how it ended     true or not
"""

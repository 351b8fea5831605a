"""The classes of faults, with the codes of the rules that name them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """`silent`: it is a fault also where nothing is raised. `by_chance`: whether something is raised depends on random numbers, so
    that a warning of the one effect is as right as of the other."""

    codes: str
    silent: bool = False
    by_chance: bool = False


KERAS = {
    "return_sequences missing": Fault("LST102"),
    "return_sequences too many": Fault("LST306 LST301 LST302", silent=True),
    "one output for targets of each step": Fault("LST307 LST301 LST302", silent=True),
    "time distributed without time": Fault("LST102 LST105"),
    "RepeatVector after a sequence": Fault("LST105"),
    "frames without channels": Fault("LST105 LST101 LST201"),
    "flat before the RNN": Fault("LST101"),
    "no embedding": Fault("LST101"),
    "vectors into an embedding": Fault("LST105 LST101 LST201"),
    "embedding matrix of another width": Fault("LST106"),
    "flat windows": Fault("LST201 LST101"),
    "test data not reshaped": Fault("LST201"),
    "series without its features": Fault("LST201"),
    "input_shape with the samples": Fault("LST103 LST104"),
    "input_shape of one entry": Fault("LST104"),
    "other number of features": Fault("LST202 LST506 LST203"),
    "other number of steps": Fault("LST203 LST506", silent=True),
    "validation data of another width": Fault("LST202"),
    "inputs in the other order": Fault("LST201 LST202"),
    "steps and features swapped": Fault("LST506 LST202"),
    "reshape for a transpose": Fault("LST502", silent=True),
    "one step of a window": Fault("LST503", silent=True),
    "units unlike the targets": Fault("LST301 LST302", silent=True),
    "targets of another length": Fault("LST301 LST302"),
    "labels of the other kind": Fault("LST303 LST301"),
    "softmax over one unit": Fault("LST304", silent=True),
    "scores for probabilities": Fault("LST308", silent=True),
    "predictions compared by hand": Fault("LST302", silent=True),
    "states for one output": Fault("LST108 LST109"),
    "states for another RNN": Fault("LST401", silent=True),
    "states of another width": Fault("LST401"),
    "unpacked as another RNN": Fault("LST109"),
    "layer not called": Fault("LST108"),
    "numpy in place of a tensor": Fault("LST108"),
    "last sample for last step": Fault("LST505", silent=True),
    "unlike numbers of samples": Fault("LST204"),
    "one sample without its batch": Fault("LST205 LST201 LST203", silent=True),
    "dataset without batches": Fault("LST205 LST201 LST203", silent=True),
    "impossible reshape": Fault("LST501"),
    "scaler of another width": Fault("LST508"),
    "stateful with a partial batch": Fault("LST402", silent=True),
    "stateful without a batch": Fault("LST402"),
    "stateful and shuffled": Fault("LST403", silent=True),
    "predicted with another batch": Fault("LST402"),
    "unlike merge": Fault("LST107 LST102 LST306", silent=True),
    "argument that does not exist": Fault("LST601"),
    "misplaced argument": Fault("LST602"),
}

TORCH = {
    "batch_first forgotten": Fault("LST504 LST505", silent=True),
    "states for other layers": Fault("LST401"),
    "states for the other axis": Fault("LST401 LST504"),
    "states of another width": Fault("LST401"),
    "states not passed on rightly": Fault("LST401"),
    "features of one direction": Fault("LST106"),
    "input_size of something else": Fault("LST106 LST202"),
    "channels of another axis": Fault("LST106"),
    "steps and features swapped": Fault("LST506 LST106"),
    "prediction with an axis more": Fault("LST302 LST301", silent=True),
    "scores of other shape than labels": Fault("LST301"),
    "one score for several classes": Fault("LST301 LST304"),
    "labels as one-hot rows of another width": Fault("LST301 LST303"),
    "classes last": Fault("LST301", silent=True),
    "class numbers as floats": Fault("LST303"),
    "softmax before cross entropy": Fault("LST305", silent=True),
    "softmax over one unit": Fault("LST304", silent=True),
    "scores for probabilities": Fault("LST308", silent=True, by_chance=True),
    "last sample for last step": Fault("LST505", silent=True),
    "states of samples mixed": Fault("LST502", silent=True),
    "axes renamed by view": Fault("LST502 LST504 LST106", silent=True),
    "a GRU with cell states": Fault("LST109 LST401", silent=True),
    "unpacked as another RNN": Fault("LST109", silent=True),
    "a tuple for a tensor": Fault("LST108"),
    "a packed sequence for a tensor": Fault("LST108"),
    "packed in the other layout": Fault("LST504"),
    "batch lost by squeeze": Fault("LST507"),
    "series without its features": Fault("LST201 LST106 LST205", silent=True),
    "one sample without its batch": Fault("LST205"),
    "one step of a window": Fault("LST503 LST106", silent=True),
    "impossible view": Fault("LST501"),
    "impossible product": Fault("LST107"),
    "unlike concatenation": Fault("LST107"),
    "unlike numbers of samples": Fault("LST204"),
    "stacked along another axis": Fault("LST301 LST302", silent=True),
    "scaler of another width": Fault("LST508"),
    "misplaced argument": Fault("LST602", silent=True),
}

FAULTS = {"keras": KERAS, "torch": TORCH}

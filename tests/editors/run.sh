#!/bin/sh
# The language server in real editors, headless. Needs lstmlint with the extra `server`; takes some seconds for each editor.
#
#     tests/editors/run.sh [neovim] [emacs]        # those that are named, or those that are installed
#
# On Debian 12: apt-get install neovim emacs-nox elpa-eglot
# Another command than `lstmlint` can be given in the variable LSTMLINT.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LSTMLINT=${LSTMLINT:-$(command -v lstmlint)}
LSTMLINT_SCRIPT=$work/train.py
export LSTMLINT LSTMLINT_SCRIPT LSTMLINT_CACHE_DIR="$work/cache"

neovim() {
    cp "$here/../../fixtures/univariate_missing_return_sequences.py" "$LSTMLINT_SCRIPT"
    nvim --headless --clean -n -c "luafile $here/neovim.lua"
}

emacs_eglot() {
    cp "$here/../../fixtures/univariate_missing_return_sequences.py" "$LSTMLINT_SCRIPT"
    emacs --batch -q -l "$here/emacs.el"
}

for editor in ${*:-neovim emacs}; do
    case $editor in
        neovim) if command -v nvim >/dev/null; then neovim; elif [ $# -gt 0 ]; then echo "nvim is not installed" >&2; exit 1; fi ;;
        emacs) if command -v emacs >/dev/null; then emacs_eglot; elif [ $# -gt 0 ]; then echo "emacs is not installed" >&2; exit 1; fi ;;
        *) echo "no script for $editor" >&2; exit 2 ;;
    esac
done

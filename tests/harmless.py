"""What a rebuilt program may hold: nothing of the script that it is about."""

from __future__ import annotations

import ast
import re

from lstmlint.confirm import steps
from lstmlint.confirm.graph_steps import NUMPY
from lstmlint.confirm.texts import DTYPES, ROOTS, WORDS, reaches_out
from lstmlint.library.keras.losses import AUTOMATIC, LOSSES, class_name
from lstmlint.library.registry import _attributes, registered

PLAIN = {"keras", "numpy", "shape", "dtype", "verbose", "float32", "int32", "linear", "sgd", "none", "recurrent_kernel"}


def assert_harmless(text: str) -> None:
    """Only imports of the libraries, calls of functions that are modelled, numbers, and words from the fixed lists."""
    tree = ast.parse(text)
    defined = (ast.FunctionDef, ast.ClassDef, ast.arguments, ast.arg, ast.Return, ast.For)
    allowed = (ast.Module, ast.Import, ast.alias, ast.Assign, ast.AugAssign, ast.Expr, ast.Call, ast.keyword, ast.Attribute)
    literals = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Starred, ast.Subscript, ast.Slice, ast.Load, ast.Store, ast.Name)
    operators = (ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
    words = PLAIN | LOSSES | {AUTOMATIC} | WORDS | {word for known in steps.WORDS.values() for word in known} | {"a", "cpu"}
    words |= steps.PROBABILITIES
    functions = {"linspace", "softmax", *map(class_name, LOSSES), *steps.ACTIVATIONS}
    attributes = steps.LAYERS | functions | {"layers", "losses", "ops", "activations", "Input", "Sequential", "Model"}
    attributes |= {"add", "predict", "compile", "fit", "copy", "train", "clone", "batch_first", "seed", "manual_seed"}
    attributes |= NUMPY | DTYPES | ROOTS | steps.METHODS | {"initializers", "Zeros", "compute_loss"}
    attributes |= {"set_weights", "get_weights", "standard_normal", "allclose", "weights", "assign", "name"}
    attributes |= {part for path in [*registered(), *_attributes] if path.partition(".")[0] in ROOTS for part in path.split(".")}
    variables = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    variables |= {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    variables |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for node in ast.walk(tree):
        assert isinstance(node, allowed + defined + literals + operators), ast.dump(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            ours = r"(column|other)\d+|[a-z.]+(,[a-z.]+)*->[a-z.]*"
            assert node.value in words or re.fullmatch(ours, node.value), node.value
        if isinstance(node, ast.Attribute):
            assert node.attr in attributes and not node.attr.startswith("_"), node.attr
            assert node.attr == "compile" or not reaches_out(node.attr), node.attr
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            assert re.fullmatch(r"function\d*|OwnCell\d*|call", node.name), node.name
        if isinstance(node, ast.arg):
            assert node.arg in {"t", "self", "inputs", "states"}, node.arg
        if isinstance(node, ast.alias):
            assert node.name.partition(".")[0] in ROOTS | {"tf_keras"}
        if isinstance(node, ast.Name):
            known = {"abs", "slice", "range", "next", "iter", "float", "int", "bool", "len", "min", "max"}
            assert node.id in variables | ROOTS | known, node.id

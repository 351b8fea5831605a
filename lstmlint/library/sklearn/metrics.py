"""Metrics, and weights of classes."""
from __future__ import annotations

from lstmlint.library.registry import models
from lstmlint.library.sklearn.rows import samples_of
from lstmlint.shapes.shape import Shape, unknown_dim
from lstmlint.values.base import NONE, Const, Value, is_none, unknown
from lstmlint.values.data import Array, tuple_of

_BINARY = Const("binary")
_NUMBERS = (
    "mean_squared_error", "root_mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error",
    "median_absolute_error", "mean_squared_log_error", "r2_score", "explained_variance_score", "max_error",
)  # fmt: skip
_SCORES = (
    "accuracy_score", "balanced_accuracy_score", "f1_score", "fbeta_score", "precision_score", "recall_score", "roc_auc_score",
    "log_loss", "cohen_kappa_score", "matthews_corrcoef", "hamming_loss", "jaccard_score", "auc", "average_precision_score",
    "silhouette_score", "zero_one_loss",
)  # fmt: skip


@models(*(f"sklearn.metrics.{name}" for name in _NUMBERS))
def error(y_true: Value, y_pred: Value, *, multioutput: Value = NONE) -> Value:
    """scikit-learn.org: one number, unless one for each output is asked for."""
    return unknown("float") if is_none(multioutput) or multioutput != Const("raw_values") else unknown()


@models(*(f"sklearn.metrics.{name}" for name in _SCORES))
def score(y_true: Value, y_pred: Value = NONE, *, average: Value = _BINARY) -> Value:
    """scikit-learn.org: one number, unless one for each class is asked for."""
    return unknown() if is_none(average) else unknown("float")


@models("sklearn.metrics.classification_report")
def report(y_true: Value, y_pred: Value, *, output_dict: Value = NONE) -> Value:
    """scikit-learn.org: text."""
    return unknown("str") if is_none(output_dict) else unknown()


@models("sklearn.metrics.confusion_matrix")
def confusion_matrix(y_true: Value, y_pred: Value) -> Value:
    """scikit-learn.org: (classes, classes)."""
    classes = unknown_dim("classes", "the number of classes")
    return Array(Shape.of(classes, classes))


@models("sklearn.metrics.roc_curve", "sklearn.metrics.precision_recall_curve")
def curve(y_true: Value, y_score: Value) -> Value:
    """scikit-learn.org: three arrays of rank 1; the thresholds are of the type of the scores."""
    return tuple_of(*(Array(Shape.of_rank(1), dtype=dtype) for dtype in ("float", "float", None)))


@models("sklearn.metrics.multilabel_confusion_matrix")
def confusion_matrices(y_true: Value, y_pred: Value) -> Value:
    """scikit-learn.org: (classes, 2, 2)."""
    return Array(Shape.of(unknown_dim("classes", "the number of classes"), 2, 2))


@models("sklearn.metrics.precision_recall_fscore_support")
def scores(y_true: Value, y_pred: Value, *, average: Value = NONE) -> Value:
    """scikit-learn.org: four arrays of a number for each class, or four numbers."""
    if not is_none(average):
        return unknown("tuple")
    classes = Shape.of(unknown_dim("classes", "the number of classes"))
    return tuple_of(*(Array(classes, dtype=dtype) for dtype in ("float", "float", "float", "int")))


@models("sklearn.utils.class_weight.compute_class_weight")
def compute_class_weight(class_weight: Value, *, classes: Value = NONE, y: Value = NONE) -> Value:
    """scikit-learn.org: a weight for each class."""
    count = samples_of(classes)
    return Array(Shape.of(unknown_dim("classes") if count is None else count), dtype="float")


@models("sklearn.utils.class_weight.compute_sample_weight")
def compute_sample_weight(class_weight: Value, y: Value) -> Value:
    """scikit-learn.org: a weight for each sample."""
    count = samples_of(y)
    return Array(Shape.of(unknown_dim("n") if count is None else count), dtype="float")

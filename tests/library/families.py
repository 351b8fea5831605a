"""Families of library models, each with how its arguments are drawn: a table, from which the differential tests are made.

A family says for many paths at once what they are called with. `test_families` calls, for each path, the real function and the
model with the same drawn arguments. The number of draws is small by default; LSTMLINT_DRAWS=200 draws as many for each path.
"""

from __future__ import annotations

import builtins
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.library.differential import agree, real_of

DRAWS = int(os.environ.get("LSTMLINT_DRAWS", "12"))


@dataclass(frozen=True)
class Call:
    """Arguments of one call. `real` and `receiver`: the bound real method and the abstract object, where it is a method's."""

    args: tuple[Any, ...] = ()
    keywords: dict[str, Any] = field(default_factory=dict)
    real: Callable[..., Any] | None = None
    receiver: Any = None


Compare = Callable[[str, Call], None]


@dataclass(frozen=True)
class Family:
    """How the arguments of a path are drawn, and how the answers are compared."""

    draws: st.SearchStrategy[Call]
    compare: Compare


def exactly(path: str, call: Call) -> None:
    """The same shape, or both say that the call raises."""
    agree(path, *call.args, real=call.real, receiver=call.receiver, **call.keywords)


def up_to_data(path: str, call: Call) -> None:
    """The same, but for lengths that depend on the data."""
    agree(path, *call.args, real=call.real, receiver=call.receiver, data_dependent=True, **call.keywords)


TABLE: dict[str, Family] = {}


def family(root: str, names: str | Sequence[str], draws: st.SearchStrategy[Any], compare: Compare = exactly) -> None:
    """Put the functions `names` of `root` into the table; what is drawn may be a Call or a tuple of arguments."""
    calls = draws.map(lambda drawn: drawn if isinstance(drawn, Call) else Call(tuple(drawn)))
    for name in names.split() if isinstance(names, str) else names:
        TABLE[f"{root}.{name}" if root else name] = Family(calls, compare)


def exists(path: str) -> bool:
    """Whether the installed library has what `path` names (old names stay modelled)."""
    owner, _, name = path.rpartition(".")
    if hasattr(builtins, owner):
        return hasattr(getattr(builtins, owner), name)
    try:
        real_of(path)
    except (ImportError, AttributeError):
        return path in ("pandas.Rolling", "pandas.GroupBy") or path.startswith(("pandas.Rolling.", "pandas.GroupBy."))
    return True


ELSEWHERE = {
    "drawn for in test_builtins": """
        builtins.dict builtins.map builtins.filter builtins.next builtins.iter builtins.slice builtins.callable builtins.getattr
        builtins.hasattr builtins.setattr builtins.type builtins.bytes builtins.format builtins.ascii str.format_map str.__format__
        str.translate collections.defaultdict dict.__iter__ list.__iadd__ list.__iter__ set.__iter__ tuple.__iter__
        itertools.chain.from_iterable itertools.count itertools.cycle itertools.groupby bytes.__eq__ bytes.__ge__ bytes.__gt__
        bytes.__le__ bytes.__lt__ bytes.__ne__ float.__or__ float.__ror__ float.__rpow__ int.__rlshift__
        int.__rpow__ int.__rrshift__
        bool.__and__ bool.__invert__ bool.__lshift__ bool.__or__ bool.__pow__ bool.__rand__ bool.__rlshift__ bool.__ror__
        bool.__rpow__ bool.__rrshift__ bool.__rshift__ bool.__rxor__ bool.__xor__""",
    "nothing is said of the answer, or only its type": """
        builtins.__import__ builtins.dir builtins.eval builtins.globals builtins.id builtins.input builtins.locals builtins.open
        builtins.print builtins.vars math.dist math.sumprod numpy.apply_along_axis numpy.frompyfunc numpy.vectorize numpy.put
        numpy.copyto numpy.fill_diagonal numpy.set_printoptions numpy.seterr numpy.ndarray.fill numpy.ndarray.partition
        numpy.ndarray.put numpy.ndarray.setflags numpy.ndarray.sort numpy.ndarray.resize numpy.ndarray.__setitem__
        pandas.DataFrame.info pandas.DataFrame.iterrows pandas.DataFrame.itertuples pandas.DataFrame.items pandas.DataFrame.melt
        pandas.DataFrame.pivot pandas.DataFrame.pivot_table pandas.DataFrame.stack pandas.DataFrame.unstack
        pandas.DataFrame.to_dict pandas.DataFrame.to_records pandas.DataFrame.__iter__ pandas.DataFrame.pipe pandas.Series.pipe
        pandas.DataFrame.map pandas.DataFrame.update pandas.Series.update pandas.Series.get pandas.Series.idxmax
        pandas.Series.idxmin pandas.Series.first_valid_index pandas.Series.last_valid_index pandas.Series.items
        pandas.Series.to_dict pandas.Series.__iter__ pandas.Series.__setitem__ pandas.Index.__iter__ pandas.Index.map
        pandas.GroupBy.apply pandas.GroupBy.filter pandas.Rolling.apply pandas.crosstab pandas.melt pandas.pivot
        pandas.pivot_table tensorflow.random.set_seed""",
    "reads or writes a file": """
        numpy.frombuffer numpy.fromfile numpy.fromstring numpy.genfromtxt numpy.load numpy.loadtxt numpy.memmap numpy.save
        numpy.savetxt numpy.savez numpy.savez_compressed numpy.ndarray.tofile numpy.ndarray.dump pandas.DataFrame.to_csv
        pandas.DataFrame.to_excel pandas.DataFrame.to_pickle pandas.read_csv pandas.read_excel pandas.read_feather pandas.read_fwf
        pandas.read_orc pandas.read_parquet pandas.read_sql_query pandas.read_sql_table pandas.read_table
        sklearn.datasets.fetch_california_housing""",
    "drawn for in test_numpy_creating, _shaping and _computing": """
        numpy.append numpy.arange numpy.array_split numpy.atleast_1d numpy.atleast_2d numpy.atleast_3d numpy.broadcast_to numpy.clip
        numpy.delete numpy.diff numpy.einsum numpy.empty numpy.expand_dims numpy.eye numpy.full numpy.full_like numpy.histogram
        numpy.hsplit numpy.identity numpy.indices numpy.insert numpy.lib.stride_tricks numpy.meshgrid numpy.moveaxis
        numpy.ndarray.__eq__ numpy.ndarray.__ne__ numpy.ndarray.__getitem__ numpy.ndarray.__invert__ numpy.ndarray.__iter__
        numpy.ndarray.argsort numpy.ndarray.astype numpy.ndarray.clip numpy.ndarray.dot numpy.ndarray.repeat numpy.ndarray.reshape
        numpy.ndarray.swapaxes numpy.ndarray.take numpy.ones numpy.pad numpy.repeat numpy.reshape numpy.roll numpy.rollaxis
        numpy.split numpy.swapaxes numpy.take numpy.tensordot numpy.tile numpy.unique numpy.zeros numpy.fromfunction numpy.asmatrix
        numpy.matrix numpy.linalg.eigvalsh numpy.ndarray.__deepcopy__""",
    "names of dtypes": """
        numpy.bool numpy.bool_ numpy.double numpy.half numpy.single numpy.longdouble numpy.float16 numpy.float32 numpy.float64
        numpy.int8 numpy.int16 numpy.int32 numpy.int64 numpy.int_ numpy.intp numpy.uint numpy.uint8 numpy.uint16 numpy.uint32
        numpy.uint64""",
    "drawn for in test_pandas, or through another path of the table": """
        pandas.DataFrame.__delitem__ pandas.DataFrame.__getattr__ pandas.DataFrame.__setattr__ pandas.DataFrame.__setitem__
        pandas.DataFrame.apply pandas.DataFrame.insert pandas.Series.apply pandas.Series.map pandas.Series.__getitem__
        pandas.DataFrame.rfloordiv pandas.DataFrame.rmod pandas.DataFrame.rpow pandas.DataFrame.rtruediv pandas.Series.rdiv
        pandas.Series.rfloordiv pandas.Series.rmod pandas.Series.rpow pandas.Series.rtruediv pandas.Series.ewm
        pandas.Series.expanding pandas.Series.explode pandas.Series.resample pandas.Series.rename_axis pandas.Series.truncate
        pandas.GroupBy.__getattr__ pandas.GroupBy.__getitem__ pandas.GroupBy.__iter__ pandas.GroupBy.agg pandas.GroupBy.aggregate
        pandas.GroupBy.fillna pandas.GroupBy.get_group pandas.GroupBy.head pandas.GroupBy.tail pandas.GroupBy.interpolate
        pandas.GroupBy.pct_change pandas.GroupBy.transform pandas.Rolling.__getattr__ pandas.Rolling.__getitem__
        pandas.Rolling.first pandas.Rolling.last pandas.Rolling.prod pandas.Rolling.quantile pandas.merge_ordered
        pandas.Index.infer_objects pandas.Index.item pandas.Index.rename pandas.Index.to_frame pandas.Index.ravel""",
    "needs dates, or what such an index does not have": """
        pandas.DataFrame.between_time pandas.Series.between_time pandas.DataFrame.tz_convert pandas.DataFrame.tz_localize
        pandas.Series.tz_convert pandas.Series.tz_localize pandas.Index.__and__ pandas.Index.__or__ pandas.Index.__rand__
        pandas.Index.__ror__ pandas.Index.__rxor__ pandas.Index.__xor__ pandas.Index.__pos__""",
    "drawn for in test_tf_pipelines and test_tf_data": """
        tensorflow.data tensorflow.TensorSpec tensorflow.Tensor.get_shape tensorflow.compat.v1.shape
        tensorflow.atan2 tensorflow.cumsum
        tensorflow.equal tensorflow.not_equal tensorflow.truediv""",
    "what they are given is a tensor, or comes from a file": """
        tensorflow.Tensor.__getitem__ tensorflow.Tensor.eval tensorflow.Tensor.set_shape sklearn.utils.Bunch.__getitem__
        sklearn.manifold.TSNE.fit_transform sklearn.decomposition.KernelPCA.inverse_transform""",
    "drawn for in test_graphs, as tensors of a graph": """
        tensorflow.Tensor.__add__ tensorflow.Tensor.__and__ tensorflow.Tensor.__div__ tensorflow.Tensor.__floordiv__
        tensorflow.Tensor.__ge__ tensorflow.Tensor.__gt__ tensorflow.Tensor.__le__ tensorflow.Tensor.__lt__
        tensorflow.Tensor.__mod__ tensorflow.Tensor.__mul__ tensorflow.Tensor.__or__ tensorflow.Tensor.__pow__
        tensorflow.Tensor.__radd__ tensorflow.Tensor.__rand__ tensorflow.Tensor.__rdiv__ tensorflow.Tensor.__rfloordiv__
        tensorflow.Tensor.__rmod__ tensorflow.Tensor.__rmul__ tensorflow.Tensor.__ror__ tensorflow.Tensor.__rpow__
        tensorflow.Tensor.__rsub__ tensorflow.Tensor.__rtruediv__ tensorflow.Tensor.__rxor__ tensorflow.Tensor.__sub__
        tensorflow.Tensor.__truediv__
        tensorflow.Tensor.__xor__ tensorflow.add_n tensorflow.math.add_n tensorflow.math.accumulate_n tensorflow.broadcast_to
        tensorflow.clip_by_norm tensorflow.cond tensorflow.gather_nd tensorflow.map_fn tensorflow.math.in_top_k
        tensorflow.math.scalar_mul tensorflow.nn.avg_pool tensorflow.nn.batch_normalization tensorflow.nn.bias_add
        tensorflow.nn.conv1d tensorflow.nn.conv2d tensorflow.nn.conv3d tensorflow.nn.in_top_k tensorflow.nn.l2_loss
        tensorflow.nn.max_pool tensorflow.nn.moments tensorflow.nn.weighted_cross_entropy_with_logits
        tensorflow.random.categorical tensorflow.reverse_sequence tensorflow.scalar_mul tensorflow.slice
        tensorflow.strided_slice""",
    "gives nothing that has a shape, or something that is not followed": """
        tensorflow.TensorShape tensorflow.case tensorflow.clip_by_global_norm tensorflow.constant_initializer
        tensorflow.debugging.check_numerics tensorflow.foldl tensorflow.foldr tensorflow.group tensorflow.no_op
        tensorflow.nn.local_response_normalization tensorflow.nn.lrn tensorflow.ones_initializer
        tensorflow.random_normal_initializer tensorflow.random_uniform_initializer tensorflow.scan
        tensorflow.summary.histogram tensorflow.summary.scalar tensorflow.while_loop tensorflow.zeros_initializer""",
    "another test compares them with Keras": "tensorflow.losses tensorflow.keras",
}
"""Models that are not in the table, by the reason."""


def is_elsewhere(path: str) -> bool:
    """Whether a path, or what it belongs to, is named among what is not in the table."""
    owner = path.rpartition(".")[0]
    if path.startswith("sklearn.") and (
        path.endswith((".set_output", "TSNE", ".fit")) or f"{path}.fit_transform" in TABLE or f"{path}.split" in TABLE
    ):
        return True
    named = {name for names in ELSEWHERE.values() for name in names.split()}
    return path in named or owner in named or any(path.startswith(f"{name}.") for name in ("tensorflow.data", "tensorflow.keras"))

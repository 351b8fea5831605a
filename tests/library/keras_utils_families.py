"""How the arguments of Keras' utilities for data are drawn; the removed ones are those of its legacy package."""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy
from hypothesis import assume
from hypothesis import strategies as st
from keras.src.legacy.preprocessing import text
from keras.src.legacy.preprocessing.sequence import TimeseriesGenerator

from lstmlint.values.data import Array, Tuple
from tests.library.arrays import array, arrays
from tests.library.differential import abstract, agree, disagreement, run
from tests.library.families import Call, family, up_to_data

ragged = st.lists(st.lists(st.integers(0, 9), max_size=5), min_size=1, max_size=5)
lengths = st.one_of(st.none(), st.integers(1, 7))
sentences = st.lists(st.sampled_from(["a b", "b c d", "", "e"]), min_size=1, max_size=4)

family("keras.utils", "pad_sequences", st.one_of(
    st.builds(lambda lists, most, side: Call((lists, most), {"padding": side}), ragged, lengths, st.sampled_from(["pre", "post"])),
    st.builds(lambda a, most: Call((a,), {"maxlen": most}), arrays(2, 4, 1, (numpy.int64,)), lengths),
))  # fmt: skip
family("keras.utils", "to_categorical", st.builds(lambda a, n: (a * 0, n), arrays(1, 3, 1, (numpy.int64,)), st.integers(1, 5)))
family("keras.utils", "normalize", arrays(1, 3, 1, (numpy.float64,)).map(lambda a: (a,)))
_TEXT = "keras.preprocessing.text"
_one_text = st.sampled_from(["a b c", "", "x"])
family(_TEXT, "text_to_word_sequence", _one_text.map(lambda t: Call((t,), real=text.text_to_word_sequence)), up_to_data)
family(_TEXT, "one_hot hashing_trick", _one_text.map(lambda t: Call((t, 9), real=text.one_hot)), up_to_data)


def _tokenized(path: str, call: Call) -> None:
    """A method of a tokenizer that has read some texts."""
    content, most = call.args
    name = path.rpartition(".")[2]
    real, model = text.Tokenizer(num_words=most), run("keras.utils.Tokenizer", num_words=most).value
    real.fit_on_texts(content)
    run("keras.utils.Tokenizer.fit_on_texts", model, content)
    given: Any = real.texts_to_sequences(content) if name.startswith("sequences") else content
    if name.endswith("matrix"):
        assume(most is not None or real.word_index)
        agree(path, given, real=getattr(real, name), receiver=model, data_dependent=True)
        return
    expected = getattr(real, name)(given)
    wrong = disagreement(expected, run(path, model, abstract(given)).value, True)
    assert wrong is None or name == "texts_to_sequences", (path, call.args, wrong)


family(
    "keras.utils.Tokenizer",
    "texts_to_matrix sequences_to_matrix texts_to_sequences sequences_to_texts",
    st.tuples(sentences, lengths),
    _tokenized,
)


def _generated(path: str, call: Call) -> None:
    n, length, keywords = call.args
    data, targets = array((n, 3), numpy.float64), array((n,), numpy.float64)
    try:
        real = TimeseriesGenerator(data, targets, length, **keywords)
        first = real[0]
    except ValueError:
        return
    model = run("keras.utils.TimeseriesGenerator", data, targets, length, **keywords).value
    if path.endswith("__len__"):
        assert disagreement(len(real), run(path, model).value) is None
        return
    value = run(path, model, 0).value
    assert isinstance(value, Tuple) and disagreement(first, value, True) is None
    samples = value.items.at(0)
    assert isinstance(samples, Array) and samples.shape.dims[1:] == first[0].shape[1:]


_options = st.fixed_dictionaries({}, optional={
    "sampling_rate": st.integers(1, 3), "stride": st.integers(1, 2), "batch_size": st.integers(1, 6),
    "start_index": st.integers(0, 2),
})  # fmt: skip
family(
    "keras.utils.TimeseriesGenerator",
    "__getitem__ __len__ __iter__ element",
    st.tuples(st.integers(12, 30), st.integers(1, 4), _options),
    _generated,
)


def _windows(path: str, call: Call) -> None:
    """The elements of the data set, one by one."""
    from lstmlint.library.tensorflow.data import element_of
    from tests.library.test_tf_data import agrees, known

    n, wide, length, keywords = call.args
    data = array((n, 3), numpy.float64)
    targets = None if wide is None else array((n, wide) if wide else (n,), numpy.float64)
    elements = list(keras.utils.timeseries_dataset_from_array(data, targets, length, **keywords))
    value = run(path, data, targets, length, **keywords).value
    assert agrees(known(element_of(value)), elements)


_asked = st.fixed_dictionaries({}, optional={
    "sequence_stride": st.integers(1, 3), "sampling_rate": st.integers(1, 2), "batch_size": st.sampled_from([None, 1, 4]),
})  # fmt: skip
family("keras.utils", "timeseries_dataset_from_array",
       st.tuples(st.integers(12, 20), st.sampled_from([None, 0, 1, 2]), st.integers(1, 4), _asked), _windows)  # fmt: skip
family("keras.utils", "img_to_array", arrays(2, 3, 1, (numpy.float32,)).map(lambda a: (a,)))
_batches = st.builds(lambda a, n: (a,) * n, arrays(1, 3, 1, (numpy.float32,)), st.integers(1, 3))
family("keras.utils", "pack_x_y_sample_weight", _batches)
family("keras.utils", "unpack_x_y_sample_weight", _batches.map(lambda parts: (parts,)))

"""Each silent rule for Keras: the mistake runs without an exception and computes something wrong, its fix the right thing."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from tests.silent import silent

pytestmark = pytest.mark.skipif(find_spec("keras") is None, reason="Keras is the judge here")

IMPORTS = """
import keras
import numpy as np
from keras import Input, Model, Sequential
from keras.layers import Bidirectional, Dense, Embedding, GRU, Lambda, LSTM, Permute, Reshape

keras.utils.set_random_seed(3)
"""


def squares(a: object, b: object) -> float:
    """The mean squared error of what numpy broadcasts."""
    return float(np.mean((np.asarray(a) - np.asarray(b)) ** 2))


def test_another_number_of_steps_is_another_question() -> None:
    script = IMPORTS + """
x = np.random.rand(40, 60, 1)
model = Sequential([Input((60, 1)), LSTM(8), Dense(1)])
guess = model.predict({given}, verbose=0){mark}
whole = model.predict(x, verbose=0)
"""
    wrong, right = silent(script.format(given="x[:, 30:]", mark="  # LST203"), script.format(given="x", mark=""))
    assert wrong["guess"].shape == right["guess"].shape
    assert not np.allclose(wrong["guess"], wrong["whole"], atol=1e-6)
    assert np.allclose(right["guess"], right["whole"])


def test_one_sample_without_its_batch_gives_an_answer_for_each_step() -> None:
    script = IMPORTS + """
x = np.random.rand(40, 60, 1)
model = Sequential([Input((60, 1)), LSTM(8), Dense(1)])
guess = model.predict({given}, verbose=0){mark}
first = model(x).numpy()[0]
"""
    wrong, right = silent(script.format(given="x[0]", mark="  # LST205"), script.format(given="x[0:1]", mark=""))
    assert wrong["guess"].shape == (60, 1)
    assert right["guess"].shape == (1, 1) and np.allclose(right["guess"][0], right["first"], atol=1e-6)


def test_a_loss_that_broadcasts_compares_one_value_with_all() -> None:
    script = IMPORTS + """
x, y = np.random.rand(64, 24, 2), np.random.rand(64, 12)
model = Sequential([Input((24, 2)), LSTM(8), Dense({units})])
model.compile("adam", "mse")
loss = model.evaluate(x, y, batch_size=64, verbose=0){mark}
guess = model.predict(x, verbose=0)
"""
    wrong, right = silent(script.format(units=1, mark="  # LST302"), script.format(units=12, mark=""))
    assert wrong["guess"].shape == (64, 1)
    every_hour_by_one = np.mean([squares(wrong["guess"][:, 0], hour) for hour in wrong["y"].T])
    assert np.isclose(wrong["loss"], every_hour_by_one, rtol=1e-4)
    assert np.isclose(right["loss"], squares(right["guess"], right["y"]), rtol=1e-4)


def test_predictions_in_a_column_are_compared_with_all_targets() -> None:
    script = IMPORTS + """
x, y = np.random.rand(64, 24, 2), np.random.rand(64)
model = Sequential([Input((24, 2)), LSTM(8), Dense(1)])
model.compile("adam", "mse")
guess = model.predict(x, verbose=0)
error = np.mean((guess{more} - y) ** 2){mark}
loss = model.evaluate(x, y, batch_size=64, verbose=0)
"""
    wrong, right = silent(script.format(more="", mark="  # LST302"), script.format(more="[:, 0]", mark=""))
    assert np.isclose(wrong["error"], np.mean([squares(wrong["guess"], target) for target in wrong["y"]]))
    assert not np.isclose(wrong["error"], wrong["loss"], rtol=1e-3)
    assert np.isclose(right["error"], right["loss"], rtol=1e-4)


def test_a_loss_called_by_hand_broadcasts_as_well() -> None:
    script = IMPORTS + """
import tensorflow as tf

x, y = tf.random.normal((64, 24, 2)), tf.random.normal((64, 1))
model = Sequential([Input((24, 2)), LSTM(8{more}), Dense(1)])
with tf.GradientTape() as tape:
    guess = model(x)
    loss = keras.losses.MeanSquaredError()(y, guess){mark}
loss, guess, y = loss.numpy(), guess.numpy(), y.numpy()
"""
    wrong, right = silent(script.format(more=", return_sequences=True", mark="  # LST302"), script.format(more="", mark=""))
    assert np.isclose(wrong["loss"], np.mean([squares(step, wrong["y"]) for step in wrong["guess"].swapaxes(0, 1)]), rtol=1e-4)
    assert np.isclose(right["loss"], squares(right["guess"], right["y"]), rtol=1e-4)


def test_every_step_is_compared_with_the_one_target() -> None:
    script = IMPORTS + """
x, y = np.random.rand(64, 24, 2), np.random.rand(64, 1)
model = Sequential([Input((24, 2)), LSTM(8{more}), Dense(1)]){mark}
model.compile("adam", "mse")
loss = model.evaluate(x, y, batch_size=64, verbose=0)
guess = model.predict(x, verbose=0)
"""
    wrong, right = silent(script.format(more=", return_sequences=True", mark="  # LST306"), script.format(more="", mark=""))
    assert wrong["guess"].shape == (64, 24, 1)
    assert np.isclose(wrong["loss"], np.mean([squares(step, wrong["y"]) for step in wrong["guess"].swapaxes(0, 1)]), rtol=1e-4)
    assert np.isclose(right["loss"], squares(right["guess"], right["y"]), rtol=1e-4)


def test_the_last_step_is_compared_with_the_targets_of_all() -> None:
    script = IMPORTS + """
x, y = np.random.rand(64, 24, 2), np.random.rand(64, 24, 1)
model = Sequential([Input((24, 2)), LSTM(8{more}), Dense(1)]){mark}
model.compile("adam", "mse")
loss = model.evaluate(x, y, batch_size=64, verbose=0)
guess = model.predict(x, verbose=0)
"""
    wrong, right = silent(script.format(more="", mark="  # LST307"), script.format(more=", return_sequences=True", mark=""))
    assert wrong["guess"].shape == (64, 1)
    assert np.isclose(wrong["loss"], np.mean([squares(wrong["guess"], step) for step in wrong["y"].swapaxes(0, 1)]), rtol=1e-4)
    assert np.isclose(right["loss"], squares(right["guess"], right["y"]), rtol=1e-4)


def test_a_softmax_over_one_unit_says_one_whatever_comes() -> None:
    script = IMPORTS + """
x, y = np.random.rand(64, 24, 2), np.random.randint(0, 2, 64)
model = Sequential([Input((24, 2)), LSTM(8), Dense(1, activation="{activation}")]){mark}
model.compile("adam", "binary_crossentropy")
model.fit(x, y, verbose=0)
guess = model.predict(x, verbose=0)
"""
    wrong, right = silent(script.format(activation="softmax", mark="  # LST304"), script.format(activation="sigmoid", mark=""))
    assert np.all(wrong["guess"] == 1)
    assert right["guess"].std() > 0


def test_scores_that_are_no_probabilities_are_cut_off() -> None:
    script = IMPORTS + """
x, y = np.random.rand(64, 24, 2), np.random.randint(0, 2, (64, 1))
model = Sequential([Input((24, 2)), LSTM(8), Dense(1)]){mark}
model.layers[-1].set_weights([np.zeros((8, 1)), np.array([-3.0])])
model.compile("adam", keras.losses.BinaryCrossentropy({logits}))
loss = model.evaluate(x, y, batch_size=64, verbose=0)
before = model.get_weights()[-1].copy()
model.fit(x, y, verbose=0)
after = model.get_weights()[-1]
"""
    wrong, right = silent(script.format(logits="", mark="  # LST308"), script.format(logits="from_logits=True", mark=""))
    ones = wrong["y"].mean()
    assert np.isclose(wrong["loss"], -ones * np.log(1e-7), rtol=1e-3) and np.all(wrong["before"] == wrong["after"])
    assert np.isclose(right["loss"], np.log1p(np.exp(-3)) + ones * 3, rtol=1e-3) and np.all(right["before"] != right["after"])


def test_a_stateful_layer_goes_on_where_another_sample_ended() -> None:
    script = IMPORTS + """
starts = []

class Told(keras.callbacks.Callback):
    def on_train_batch_begin(self, batch, logs=None):
        starts.append(self.model.layers[0].states[0].numpy().copy())

x = np.repeat(np.arange(8.0), 3).reshape(8, 3, 1)
model = Sequential([Input(batch_shape=(1, 3, 1)), LSTM(4, stateful=True), Dense(1)])
model.compile(keras.optimizers.SGD(0.0), "mse")
model.fit(x, np.zeros((8, 1)), batch_size=1, callbacks=[Told()], verbose=0{more}){mark}
lstm = model.layers[0]
lstm.reset_states()
in_order = []
for sample in x:
    in_order.append(lstm.states[0].numpy().copy())
    lstm(sample[np.newaxis])
"""
    wrong, right = silent(script.format(more="", mark="  # LST403"), script.format(more=", shuffle=False", mark=""))
    assert not np.allclose(wrong["starts"], wrong["in_order"], atol=1e-4)
    assert np.allclose(right["starts"], right["in_order"], atol=1e-5)


def test_a_reshape_gives_a_step_neighbouring_steps_of_one_feature() -> None:
    script = """
import numpy as np
import pandas as pd
from keras.layers import LSTM

table = pd.DataFrame({{"speed": np.arange(100.0), "load": np.arange(100.0) + 1000, "heat": np.arange(100.0) + 2000}})
windows = np.lib.stride_tricks.sliding_window_view(table.values, 24, axis=0)
steps = {made}{mark}
"""
    wrong, right = silent(
        script.format(made="windows.reshape(len(windows), 24, 3)", mark="  # LST502"),
        script.format(made="windows.transpose(0, 2, 1)", mark=""),
    )
    assert wrong["steps"].shape == right["steps"].shape == (77, 24, 3)
    assert wrong["steps"][0, 0].tolist() == [0, 1, 2]
    assert right["steps"][0, 0].tolist() == [0, 1000, 2000]


def test_features_cut_into_steps_are_of_different_features() -> None:
    script = """
import numpy as np
import pandas as pd
from keras.layers import LSTM

names = ["height", "period", "wind", "gust"]
table = pd.DataFrame({{name: np.arange(100.0) + 1000 * number for number, name in enumerate(names)}})
windows = np.array([table.values[i:i + 24] for i in range(76)])
steps = {made}{mark}
"""
    wrong, right = silent(
        script.format(made="windows.reshape(-1, 48, 2)", mark="  # LST502"), script.format(made="windows[:, :, :2]", mark="")
    )
    assert wrong["steps"][0, :2].tolist() == [[0, 1000], [2000, 3000]]
    assert right["steps"][0, :2].tolist() == [[0, 1000], [1, 1001]]


def test_the_layer_reshape_moves_nothing_either() -> None:
    script = IMPORTS + """
model = Sequential([Input((4, 3)), LSTM(2, return_sequences=True), {made}]){mark}
x = np.random.rand(1, 4, 3)
states = model.layers[0](x).numpy()[0]
read = model(x).numpy()[0]
"""
    wrong, right = silent(
        script.format(made="Reshape((2, 4))", mark="  # LST502"), script.format(made="Permute((2, 1))", mark="")
    )
    assert wrong["read"].shape == right["read"].shape == (2, 4)
    assert np.allclose(wrong["read"][0], wrong["states"][:2].ravel())
    assert np.allclose(right["read"][0], right["states"][:, 0])


def test_a_batch_made_the_steps_of_one_sample_gives_fewer_answers() -> None:
    wrong, right = silent(
        IMPORTS + """
x = np.random.rand(64, 5)
rows = Input(batch_shape=(8, 5))
steps = Lambda(lambda x: keras.ops.reshape(x, (1, 8, 5)))(rows)  # LST502
model = Model(rows, Dense(1)(LSTM(6, return_sequences=True)(steps)))
model.compile("adam", "mse")
model.fit(x, np.zeros((64, 1)), batch_size=8, verbose=0)
guess = model.predict(x, batch_size=8, verbose=0)
""",
        IMPORTS + """
x = np.random.rand(64, 5)
steps = Input((8, 5))
model = Model(steps, Dense(1)(LSTM(6, return_sequences=True)(steps)))
model.compile("adam", "mse")
model.fit(x.reshape(-1, 8, 5), np.zeros((8, 8, 1)), verbose=0)
guess = model.predict(x.reshape(-1, 8, 5), verbose=0).reshape(-1, 1)
""",
    )
    assert len(wrong["guess"]) == 8
    assert len(right["guess"]) == 64


def test_a_layer_with_one_step_carries_nothing_on() -> None:
    script = IMPORTS + """
values = np.random.rand(100)
X = np.array([values[i:i + 24] for i in range(len(values) - 24)])
X = X.reshape({shape}){mark}
model = Sequential([Input(X.shape[1:]), LSTM(8), Dense(1)])
model.compile("adam", "mse")
model.fit(X, values[24:], verbose=0)
lstm = model.layers[0]
answer = lstm(X).numpy()
lstm.cell.recurrent_kernel.assign(lstm.cell.recurrent_kernel * 0)
without_memory = lstm(X).numpy()
"""
    wrong, right = silent(
        script.format(shape="len(X), 1, 24", mark="  # LST503"), script.format(shape="len(X), 24, 1", mark="")
    )
    assert np.allclose(wrong["answer"], wrong["without_memory"])
    assert not np.allclose(right["answer"], right["without_memory"], atol=1e-3)


def test_the_backward_direction_has_read_one_step_at_the_last() -> None:
    script = IMPORTS + """
x = Input((20, 6))
out = Bidirectional(LSTM(4{more}))(x)
last = out{last}{mark}
model, reader = Model(x, Dense(1)(last)), Model(x, last)
data = np.random.rand(5, 20, 6)
last_step_only = data.copy()
last_step_only[:, :19] = 0
backward, backward_of_one = reader(data).numpy()[:, 4:], reader(last_step_only).numpy()[:, 4:]
"""
    wrong, right = silent(
        script.format(more=", return_sequences=True", last="[:, -1]", mark="  # LST505"), script.format(more="", last="", mark="")
    )
    assert np.allclose(wrong["backward"], wrong["backward_of_one"])
    assert not np.allclose(right["backward"], right["backward_of_one"], atol=1e-3)


def test_the_last_sample_is_not_the_last_step() -> None:
    script = """
import keras
import numpy as np
from keras.layers import Dense, GRU

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.rnn = GRU(12, return_sequences=True)
        self.head = Dense(1)

    def call(self, x):
        return self.head(self.rnn(x){last}){mark}

guess = Net().predict(np.random.rand(32, 20, 6), verbose=0)
"""
    wrong, right = silent(script.format(last="[-1]", mark="  # LST505"), script.format(last="[:, -1]", mark=""))
    assert wrong["guess"].shape == (20, 1)
    assert right["guess"].shape == (32, 1)


def test_the_last_step_of_a_padded_sequence_is_padding() -> None:
    script = IMPORTS + """
from keras.utils import pad_sequences

lines = [[3, 1, 4], [1, 5, 9, 2, 6]]
behind = pad_sequences(lines, 12, padding="post")
words = Input((12,))
out = LSTM(4, return_sequences=True)(Embedding(10, 8{more})(words))
model = Model(words, out[:, -1]){mark}
model.compile("adam", "mse")
model.fit(behind, np.zeros((2, 4)), verbose=0)
padded = model.predict(behind, verbose=0)[0]
steps = Model(words, out).predict(behind, verbose=0)[0]
"""
    wrong, right = silent(script.format(more="", mark="  # LST505"), script.format(more=", mask_zero=True", mark=""))
    assert not np.allclose(wrong["padded"], wrong["steps"][2], atol=1e-4)
    assert np.allclose(right["padded"], right["steps"][2], atol=1e-6)


def test_columns_are_read_as_steps() -> None:
    script = IMPORTS + """
import pandas as pd

table = pd.DataFrame(np.random.rand(100, 3), columns=["speed", "load", "heat"])
X = np.lib.stride_tricks.sliding_window_view(table.values, 24, axis=0){more}
model = Sequential([Input(X.shape[1:]), LSTM(8), Dense(1)])
model.compile("adam", "mse")
model.fit(X[:-1], table["heat"].values[24:], verbose=0){mark}
runs, weights = model.layers[0].input.shape[1], model.layers[0].get_weights()[0].shape
"""
    wrong, right = silent(script.format(more="", mark="  # LST506"), script.format(more=".transpose(0, 2, 1)", mark=""))
    assert (wrong["runs"], wrong["weights"]) == (3, (24, 32))
    assert (right["runs"], right["weights"]) == (24, (3, 32))


def test_one_sample_for_the_states_of_a_whole_batch() -> None:
    script = """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

x, y = np.random.rand({samples}, 6, 3), np.random.rand({samples}, 1)
model = Sequential([Input(batch_shape=(4, 6, 3)), LSTM(5, stateful=True), Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, batch_size=4, shuffle=False, verbose=0){mark}
predicted = model.predict(x, batch_size=4, verbose=0){mark}
model.layers[0].reset_state()
for at in range(0, len(x), 4):
    model.train_on_batch(x[at:at + 4], y[at:at + 4]){mark}
"""
    wrong, right = silent(script.format(samples=9, mark="  # LST402"), script.format(samples=8, mark=""))
    assert len(wrong["predicted"]) == 12 and len(right["predicted"]) == 8

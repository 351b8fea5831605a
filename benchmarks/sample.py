"""A training script of the kind that everybody writes: the benchmark's unit of work. It is analysed, never run."""
import argparse
import os
import random

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_error, mean_squared_error
from sklearn.preprocessing import MinMaxScaler
from tensorflow.keras.callbacks import EarlyStopping, ModelCheckpoint
from tensorflow.keras.layers import LSTM, Bidirectional, Dense, Dropout, Input
from tensorflow.keras.models import Sequential, load_model
from tensorflow.keras.optimizers import Adam

LOOK_BACK = 60
HORIZON = 1
FEATURES = ["Open", "High", "Low", "Close", "Volume"]
TARGET = "Close"
TRAIN_SHARE = 0.8
RESULTS = "results"


def set_seed(seed=7):
    random.seed(seed)
    np.random.seed(seed)
    os.environ["PYTHONHASHSEED"] = str(seed)


def parse_arguments():
    parser = argparse.ArgumentParser(description="Forecast prices")
    parser.add_argument("--file", default="prices.csv")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--units", type=int, default=64)
    parser.add_argument("--dropout", type=float, default=0.2)
    return parser.parse_args()


def read_prices(path):
    frame = pd.read_csv(path, parse_dates=["Date"], index_col="Date")
    frame = frame[FEATURES].dropna()
    frame = frame[~frame.index.duplicated()]
    frame["Volume"] = frame["Volume"].astype("float32")
    frame = frame.sort_index()
    if len(frame) < LOOK_BACK:
        raise ValueError(f"{path} is too short: {len(frame)} rows")
    return frame


def split(values, share):
    cut = int(len(values) * share)
    return values[:cut], values[cut - LOOK_BACK :]


def windows(values, target, look_back, horizon):
    inputs, targets = [], []
    for end in range(look_back, len(values) - horizon + 1):
        inputs.append(values[end - look_back : end])
        targets.append(values[end + horizon - 1, target])
    return np.array(inputs), np.array(targets)


def build_model(steps, features, units, dropout):
    model = Sequential()
    model.add(Input(shape=(steps, features)))
    model.add(LSTM(units, return_sequences=True))
    model.add(Dropout(dropout))
    model.add(Bidirectional(LSTM(units // 2, return_sequences=True)))
    model.add(Dropout(dropout))
    model.add(LSTM(units // 2))
    model.add(Dense(16, activation="relu"))
    model.add(Dense(1))
    model.compile(optimizer=Adam(learning_rate=1e-3), loss="mean_squared_error", metrics=["mae"])
    return model


def train(model, X, y, epochs, batch_size):
    os.makedirs(RESULTS, exist_ok=True)
    callbacks = [
        EarlyStopping(monitor="val_loss", patience=5, restore_best_weights=True),
        ModelCheckpoint(os.path.join(RESULTS, "best.keras"), save_best_only=True),
    ]
    return model.fit(X, y, epochs=epochs, batch_size=batch_size, validation_split=0.1, callbacks=callbacks, verbose=2)


def inverse_target(scaler, column, values):
    padded = np.zeros((len(values), len(FEATURES)))
    padded[:, column] = values.reshape(-1)
    return scaler.inverse_transform(padded)[:, column]


def plot_history(history):
    figure, axes = plt.subplots(1, 2, figsize=(12, 4))
    for axis, key in zip(axes, ("loss", "mae")):
        axis.plot(history.history[key], label="training")
        axis.plot(history.history["val_" + key], label="validation")
        axis.set_title(key)
        axis.legend()
    figure.savefig(os.path.join(RESULTS, "history.png"))
    plt.close(figure)


def plot_forecast(dates, actual, predicted):
    figure, axis = plt.subplots(figsize=(12, 4))
    axis.plot(dates, actual, label="actual")
    axis.plot(dates, predicted, label="predicted")
    axis.set_xlabel("date")
    axis.set_ylabel(TARGET)
    axis.legend()
    figure.savefig(os.path.join(RESULTS, "forecast.png"))
    plt.close(figure)


def main():
    arguments = parse_arguments()
    set_seed()
    frame = read_prices(arguments.file)
    column = FEATURES.index(TARGET)
    train_values, test_values = split(frame.values, TRAIN_SHARE)
    scaler = MinMaxScaler(feature_range=(0, 1))
    train_scaled = scaler.fit_transform(train_values)
    test_scaled = scaler.transform(test_values)
    X_train, y_train = windows(train_scaled, column, LOOK_BACK, HORIZON)
    X_test, y_test = windows(test_scaled, column, LOOK_BACK, HORIZON)
    print("training on", X_train.shape, "testing on", X_test.shape)
    model = build_model(X_train.shape[1], X_train.shape[2], arguments.units, arguments.dropout)
    model.summary()
    history = train(model, X_train, y_train, arguments.epochs, arguments.batch_size)
    plot_history(history)
    model = load_model(os.path.join(RESULTS, "best.keras"))
    predicted = inverse_target(scaler, column, model.predict(X_test))
    actual = inverse_target(scaler, column, y_test)
    print("RMSE", np.sqrt(mean_squared_error(actual, predicted)))
    print("MAE", mean_absolute_error(actual, predicted))
    plot_forecast(frame.index[-len(actual) :], actual, predicted)


if __name__ == "__main__":
    main()

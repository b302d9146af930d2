"""candidates.py FOLDER PEER: fits what Python's users would take to the rows in FOLDER; prints {"seconds", "score"} as JSON."""

import json
import os
import pathlib
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy

folder, peer = pathlib.Path(sys.argv[1]), sys.argv[2]
rows = json.loads((folder / "rows.json").read_text())
settings = rows["settings"]


def part(name):
    labels = numpy.fromfile(folder / f"{name}.labels", dtype="<i4")
    return numpy.fromfile(folder / f"{name}.inputs", dtype="<f8").reshape(len(labels), -1), labels


def logistic_regression(inputs, labels):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=settings["C"])).fit(inputs, labels).predict_proba


def gradient_boosting(inputs, labels):
    import lightgbm

    parameters = {
        "objective": "binary",
        "learning_rate": settings["learningRate"],
        "num_leaves": settings["leaves"],
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    booster = lightgbm.train(parameters, lightgbm.Dataset(inputs, labels), settings["rounds"])

    def probabilities(others):
        second = booster.predict(others)
        return numpy.stack([1 - second, second], axis=1)

    return probabilities


def network(inputs, labels):
    from tensorflow import keras

    layers = [keras.layers.Input(inputs.shape[1:])]
    if "image" in settings:
        image = settings["image"]
        layers.append(keras.layers.Reshape((image["height"], image["width"], image["channels"])))
        for filters in settings["filters"]:
            layers.append(keras.layers.Conv2D(filters, 3, padding="same", activation="relu"))
            layers.append(keras.layers.MaxPooling2D(2))
        layers.append(keras.layers.Flatten())
    layers += [keras.layers.Dense(units, "relu") for units in settings["hiddenUnits"]]
    layers.append(keras.layers.Dense(labels.max() + 1, "softmax"))
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(settings["learningRate"]), "sparse_categorical_crossentropy")
    model.fit(inputs.astype("float32"), labels, batch_size=settings["batchSize"], epochs=settings["epochs"], verbose=0)
    return lambda others: model.predict(others.astype("float32"), verbose=0)


fit = {"scikit-learn": logistic_regression, "LightGBM": gradient_boosting, "Keras": network}[peer]
inputs, labels = part("train")
# what is loaded and compiled once is not measured
fit(inputs, labels)
started = time.perf_counter()
predict = fit(inputs, labels)
seconds = time.perf_counter() - started
unseen, actual = part("test")
print(json.dumps({"seconds": seconds, "score": float((predict(unseen).argmax(axis=1) == actual).mean())}))

"""export_sklearn.py FOLDER: fits scikit-learn models, exports each by skl2onnx, and writes what scikit-learn itself answers."""

import json
import sys
from pathlib import Path

import numpy
import pandas
from mlflow.models import infer_signature
from skl2onnx import convert_sklearn, to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

folder = Path(sys.argv[1])
generator = numpy.random.default_rng(1)
numbers = pandas.DataFrame(generator.normal(size=(60, 3)), columns=["mass", "block", "flight"], dtype=numpy.float32)
landed = (numbers.mass + numbers.block > 0).astype(int).to_numpy()
outcome = numpy.where(landed == 1, "landed", "lost")
mixed = numbers.assign(orbit=numpy.where(numbers.flight > 0, "GTO", "ISS"))


def write(name, columns, model, graph):
    (folder / f"{name}.onnx").write_bytes(graph.SerializeToString())
    answer = {"predictions": model.predict(columns).tolist()}
    if hasattr(model, "classes_"):
        answer |= {"classes": model.classes_.tolist(), "probabilities": model.predict_proba(columns).tolist()}
    signature = infer_signature(columns, model.predict(columns)).to_dict()
    (folder / f"{name}.json").write_text(json.dumps({"columns": columns.to_dict("list"), "signature": signature, **answer}))


matrix = numbers.to_numpy()
for name, target, model in [
    ("numbered-classes", landed, LogisticRegression()),
    ("named-classes", outcome, LogisticRegression()),
    ("forest", landed, RandomForestClassifier(10, random_state=1)),
    ("regression", landed, LinearRegression()),
]:
    model.fit(matrix, target)
    model.feature_names_in_ = numpy.array(numbers.columns)
    write(name, numbers, model, to_onnx(model, matrix[:1]))
    if name == "named-classes":
        write("without-zipmap", numbers, model, to_onnx(model, matrix[:1], options={"zipmap": False}))

encode = ColumnTransformer([("numbers", StandardScaler(), ["mass", "block", "flight"]), ("orbit", OneHotEncoder(handle_unknown="ignore"), ["orbit"])])
pipeline = make_pipeline(encode, LogisticRegression()).fit(mixed, outcome)
types = [(name, (StringTensorType if name == "orbit" else FloatTensorType)([None, 1])) for name in mixed.columns]
write("column-inputs", mixed, pipeline, convert_sklearn(pipeline, initial_types=types))

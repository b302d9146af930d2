"""Logs a run and registers a model with Python's own client, and prints their ids as JSON: log.py EXPERIMENT MODEL_NAME"""

import json
import sys

import mlflow
import pandas

experiment, model_name = sys.argv[1:]
mlflow.set_experiment(experiment)


class Lands(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input: list[str]) -> list[str]:
        return ["landed" for _ in model_input]


with mlflow.start_run(run_name="python") as run:
    mlflow.log_params({"C": 0.1})
    mlflow.log_metrics({"loss": 0.5}, step=3, timestamp=1_700_000_000_000)
    mlflow.log_metric("undefined", float("nan"))
    table = pandas.DataFrame({"mass": [1.0, 2.0]})
    mlflow.log_input(mlflow.data.from_pandas(table, name="launches"), context="training")
    mlflow.log_text("é", "évaluation/100% sure.txt")
    logged = mlflow.pyfunc.log_model(name="lands", python_model=Lands(), registered_model_name=model_name, pip_requirements=[])
    mlflow.log_metric("auc", 0.9, step=2, timestamp=1_700_000_000_000, model_id=logged.model_id)
    mlflow.MlflowClient().set_registered_model_alias(model_name, "champion", logged.registered_model_version)

print(json.dumps({"run_id": run.info.run_id, "model_id": logged.model_id}))

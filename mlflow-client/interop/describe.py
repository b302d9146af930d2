"""Prints as JSON what Python's own client reads of a run, its files, and a registered model: describe.py RUN_ID MODEL_NAME"""

import json
import sys

from mlflow import MlflowClient, artifacts

run_id, model_name = sys.argv[1:]
client = MlflowClient()
run = client.get_run(run_id)
version = client.get_model_version_by_alias(model_name, "champion")
model = client.get_logged_model(version.model_id or version.source.removeprefix("models:/"))
experiment = client.get_experiment(run.info.experiment_id)
registered = client.get_registered_model(model_name)

print(
    json.dumps(
        {
            "metrics": {key: repr(value) for key, value in run.data.metrics.items()},
            "history": [[m.step, m.value, m.timestamp] for m in client.get_metric_history(run_id, "loss")],
            "params": run.data.params,
            "tags": {key: value for key, value in run.data.tags.items() if not key.startswith("mlflow.")},
            "status": run.info.status,
            "datasets": [[i.dataset.name, i.dataset.digest, {t.key: t.value for t in i.tags}] for i in run.inputs.dataset_inputs],
            "models": [output.model_id for output in run.outputs.model_outputs],
            "files": [file.path for file in client.list_artifacts(run_id, "évaluation")],
            "text": artifacts.load_text(f"{run.info.artifact_uri}/évaluation/100% sure.txt"),
            "version": [int(version.version), version.run_id, version.tags, version.description],
            "model": [model.name, model.status.value, model.source_run_id, model.params],
            "model_tags": {key: value for key, value in model.tags.items() if not key.startswith("mlflow.")},
            "model_metrics": [[m.key, m.value, m.step, m.dataset_name, m.dataset_digest] for m in model.metrics],
            "experiment": [experiment.name, experiment.tags["owner"]],
            "registered": [registered.description, registered.tags, {alias: int(number) for alias, number in registered.aliases.items()}],
            "large": len(artifacts.load_text(f"{run.info.artifact_uri}/large.txt")),
            "model_text": artifacts.load_text(f"models:/{model_name}@champion/notes.txt"),
        }
    )
)

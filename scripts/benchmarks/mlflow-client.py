"""Does one task after the other with MLflow's own client, and prints after each how many seconds it took: mlflow-client.py EXPERIMENT_ID

A line of stdin is a task: metrics COUNT | folder PATH | file PATH | search"""

import sys
import time

from mlflow import MlflowClient
from mlflow.entities import Metric

metrics_per_request = 1000

# MLflow's client says on stdout where each run can be seen.
answers, sys.stdout = sys.stdout, sys.stderr

experiment_id = sys.argv[1]
client = MlflowClient()


def metrics(count: str) -> None:
    run_id = client.create_run(experiment_id).info.run_id
    for first in range(0, int(count), metrics_per_request):
        now = int(time.time() * 1000)
        steps = range(first, min(first + metrics_per_request, int(count)))
        client.log_batch(run_id, metrics=[Metric("loss", 1 / (step + 1), now, step) for step in steps])
    client.set_terminated(run_id)


def folder(path: str) -> None:
    client.log_artifacts(client.create_run(experiment_id).info.run_id, path)


def file(path: str) -> None:
    client.log_artifact(client.create_run(experiment_id).info.run_id, path)


def search(searched_experiment_id: str) -> None:
    found = client.search_runs([searched_experiment_id], max_results=1000)
    assert len(found) == 1000, len(found)


for line in sys.stdin:
    task, argument = line.split()
    begun = time.perf_counter()
    globals()[task](argument)
    print(time.perf_counter() - begun, file=answers, flush=True)

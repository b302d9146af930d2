"""Runs ministack so that a kill loses the last second at most.

ministack itself writes its state only when it is stopped cleanly; killed, it would take the whole ledger with it. Only the points of CloudWatch's metrics
are left to the clean stop: they come by the second, are by far the most of the state, and outlive a canary by nothing.
"""

import copy
import re
import threading
import time

from ministack import app as emulator
from ministack.services import cloudwatch

SAVE_EVERY_SECONDS = 1
EVICT_EVERY_SECONDS = 60
# Operations that leave nothing to be saved, as the JSON and CBOR protocols name them: in a header, or at the end of the path.
LEAVES_NOTHING = re.compile(r"(Get|List|Describe|Query|Scan|BatchGet|TransactGet|PutMetricData)")
CLOUDWATCH = ("alarms", "composite_alarms", "composite_triggers", "alarm_history", "dashboards", "resource_tags")

changed = threading.Event()
saving = threading.Lock()
serve = emulator.app
save_all = emulator.save_all


async def noticing_changes(scope, receive, send):
    await serve(scope, receive, send)
    if scope["type"] == "http" and may_change(scope):
        changed.set()


def may_change(scope):
    if scope["method"] in ("GET", "HEAD"):
        return False
    target = dict(scope["headers"]).get(b"x-amz-target", b"").decode("latin-1").rpartition(".")[2]
    operation = target or scope["path"].rpartition("/operation/")[2]
    return not LEAVES_NOTHING.match(operation)


def save_one_at_a_time(services):
    with saving:
        save_all(services)


def cloudwatch_without_points():
    return {name: copy.deepcopy(getattr(cloudwatch, f"_{name}")) for name in CLOUDWATCH}


def keep_saving():
    while True:
        changed.wait()
        changed.clear()
        services = emulator._build_persistence_save_dict()
        if "cloudwatch" in services:
            services["cloudwatch"] = cloudwatch_without_points
        emulator.save_all(services)
        time.sleep(SAVE_EVERY_SECONDS)


def evicting_now_and_then(evict):
    """ministack goes through every point at every request."""
    due = 0.0

    def evict_if_due():
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + EVICT_EVERY_SECONDS
            evict()

    return evict_if_due


emulator.app = noticing_changes
emulator.save_all = save_one_at_a_time
cloudwatch._evict_old_metrics = evicting_now_and_then(cloudwatch._evict_old_metrics)
threading.Thread(target=keep_saving, daemon=True).start()
emulator.main()

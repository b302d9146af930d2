"""Runs ministack so that a kill loses the last second at most.

ministack itself writes its state only when it is stopped cleanly; killed, it would take the whole ledger with it.
"""

import threading
import time

from ministack import app as emulator

SAVE_EVERY_SECONDS = 1

changed = threading.Event()
saving = threading.Lock()
serve = emulator.app
save_all = emulator.save_all


async def noticing_changes(scope, receive, send):
    await serve(scope, receive, send)
    if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
        changed.set()


def save_one_at_a_time(services):
    with saving:
        save_all(services)


def keep_saving():
    while True:
        changed.wait()
        changed.clear()
        emulator.save_all(emulator._build_persistence_save_dict())
        time.sleep(SAVE_EVERY_SECONDS)


emulator.app = noticing_changes
emulator.save_all = save_one_at_a_time
threading.Thread(target=keep_saving, daemon=True).start()
emulator.main()

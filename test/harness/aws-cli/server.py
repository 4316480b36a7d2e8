"""Keeps the AWS CLI loaded: each call is a fork of this process, which saves the second that loading takes.

Usage: server.py SOCKET. Prints a line when it listens. A call sends its three standard
streams as file descriptors, and its arguments and environment as JSON; it gets back the exit status.
"""

import json
import os
import signal
import socket
import sys
import traceback

import awscli.clidriver


def loaded_driver():
    driver = awscli.clidriver.create_clidriver()
    for service in ("ec2", "sts", "cloudformation"):
        keys = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
        driver.session.create_client(service, region_name="us-east-1", **keys)
    # The command tables, which a call of nothing builds.
    driver.main(["ec2", "describe-vpcs", "--generate-cli-skeleton"])
    return driver


def carry_out(call, driver):
    data, streams, _, _ = socket.recv_fds(call, 1 << 20, 3)
    order = json.loads(data)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    # Importing the CLI has set where it finds its data.
    data_path = os.environ["AWS_DATA_PATH"]
    os.environ.clear()
    os.environ.update(order["env"], AWS_DATA_PATH=data_path)
    sys.argv = ["aws", *order["args"]]
    # What the fork inherited may be buffered for, or closed by, the parent.
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", closefd=False)
    status = driver.main()
    sys.stdout.flush()
    sys.stderr.flush()
    call.sendall(bytes([status]))


def main(path):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    driver = loaded_driver()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(8)
        print("listening", flush=True)
        while True:
            call, _ = listener.accept()
            with call:
                if os.fork() == 0:
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    try:
                        carry_out(call, driver)
                    except BaseException:
                        os.write(2, traceback.format_exc().encode())
                    finally:
                        os._exit(0)


main(sys.argv[1])

"""Starts moto, an independent imitation of AWS, on 127.0.0.1 for tests.

    python3 launch_moto.py PORT [LAMBDA_PORT] [FASTER]

Secrets Manager, S3 and Step Functions are used; state machines are executed,
their tasks calling Lambda's API at LAMBDA_PORT and their waits divided by
FASTER. What is patched here makes moto more like AWS, never easier on us.
"""

import copy
import os
import sys
import threading

port, lambda_port, faster = (sys.argv[1:] + ["", ""])[:3]
os.environ["MOTO_PORT"] = lambda_port or port  # where the interpreter looks for Lambda

from moto.core.config import default_user_config  # noqa: E402

default_user_config["stepfunctions"]["execute_state_machine"] = True

from moto.s3.models import S3Backend  # noqa: E402
from moto.secretsmanager.responses import SecretsManagerResponse  # noqa: E402
from moto.stepfunctions.models import StateMachine  # noqa: E402
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction  # noqa: E402

# A state machine holds threads, which deepcopy refuses at its second execution.
StateMachine.__deepcopy__ = lambda self, memo: copy.copy(self)

if faster:
    WaitFunction._wait_interval = lambda self, env, wait_seconds: env.program_state_event.wait(
        wait_seconds / float(faster)
    )

# One call of AWS happens whole; moto's threads would interleave within one.
one_call = threading.RLock()
for action in (
    "create_secret", "put_secret_value", "update_secret_version_stage", "delete_secret",
    "restore_secret", "describe_secret", "get_secret_value", "list_secrets",
):
    def alone(self, do=getattr(SecretsManagerResponse, action)):
        with one_call:
            return do(self)

    setattr(SecretsManagerResponse, action, alone)

# A listing of versions begins behind its key marker, whether or not there is such a
# key; moto leaves the first key out that is not before it, taking it for the marker.
list_object_versions = S3Backend.list_object_versions


def behind(self, bucket_name, *args, key_marker=None, version_id_marker=None, **more):
    if key_marker and not version_id_marker:
        names = self.get_bucket(bucket_name).keys.keys()
        key_marker = max((name for name in names if name <= key_marker), default=None)
    return list_object_versions(
        self, bucket_name, *args, key_marker=key_marker, version_id_marker=version_id_marker, **more
    )


S3Backend.list_object_versions = behind

from moto.server import main  # noqa: E402

main(["-H", "127.0.0.1", "-p", port])

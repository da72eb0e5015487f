"""The messages of the mission dossier contract.

Their rules are options of `buf.validate`, which the generated modules import as
`buf.validate.validate_pb2`. protovalidate has these options for its own Protobuf
runtime only. If no other package provides the module, this one makes it from
protovalidate's descriptor, so that it need not contain a copy of `buf.validate`.
"""

from importlib import import_module as _import_module
from sys import modules as _modules
from types import ModuleType as _ModuleType


def _provide_rules() -> None:
    try:
        _import_module("buf.validate.validate_pb2")
        return
    except ModuleNotFoundError as error:
        if error.name is None or not "buf.validate.validate_pb2".startswith(error.name):
            raise
    from google.protobuf import descriptor_pool
    from protovalidate import ViolationPb

    validate = ViolationPb.desc().file
    for dependency in validate.dependencies:
        _import_module(dependency.name.removesuffix(".proto").replace("/", ".") + "_pb2")
    rules = _ModuleType("buf.validate.validate_pb2")
    rules.DESCRIPTOR = descriptor_pool.Default().AddSerializedFile(validate.proto.to_binary())
    package = _ModuleType("buf.validate")
    package.validate_pb2 = rules
    _modules.setdefault(package.__name__, package)
    _modules[rules.__name__] = rules


_provide_rules()

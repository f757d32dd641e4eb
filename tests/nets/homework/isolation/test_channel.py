"""Malformed messages are refused before they take any memory."""

import json
import socket
import struct

import pytest

from nets.homework.isolation.channel import Endpoint
from nets.homework.isolation.messages import LARGEST, MessageError


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    yield Endpoint(ours, 2, {}), theirs
    ours.close()
    theirs.close()


def with_array(packed):
    message = {"values": {"array": 1, "is": packed}, "writes": [], "dropped": []}
    return json.dumps([message, [8]]).encode()


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"no json", "not a message"),
        (b"[" * 10**5, "not a message"),
        (json.dumps([[], []]).encode(), "not a message"),
        (json.dumps([{}, [LARGEST, LARGEST]]).encode(), "are too large"),
        (json.dumps([{}, ["a"]]).encode(), "not a message"),
        (json.dumps([{}, [-1]]).encode(), "is too large"),
        (with_array({"dtype": "<f8", "shape": [2], "bytes": 0}), "bytes do not fit its shape"),
        (with_array({"dtype": "<f8", "shape": [-1, -1], "bytes": 0}), "not a message"),
        (with_array({"dtype": "O", "shape": [1], "bytes": 0}), "bytes do not fit its shape"),
        (with_array({"dtype": "<f8", "shape": [1], "bytes": 1}), "not a message"),
        (with_array({"dtype": "<f8", "shape": [float("inf")], "bytes": 0}), "not a message"),
        (with_array(None), "not a message"),
    ],
)
def test_malformed_messages(pair, header, message):
    endpoint, theirs = pair
    theirs.sendall(struct.pack(">Q", len(header)) + header + b"\0" * 8)
    with pytest.raises(MessageError, match=message):
        endpoint.receive()


def test_a_message_that_would_fill_the_memory(pair):
    endpoint, theirs = pair
    theirs.sendall(struct.pack(">Q", 1 << 60))
    with pytest.raises(MessageError, match="is too large"):
        endpoint.receive()

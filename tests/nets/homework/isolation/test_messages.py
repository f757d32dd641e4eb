"""Messages that are none are refused before they take any room."""

import json
import socket
import struct

import numpy as np
import pytest

from nets.homework.isolation.messages import LARGEST, MessageError, pack, receive, send, unpack


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def raw(channel, header):
    channel.sendall(struct.pack(">Q", len(header)) + header)


def test_arrays_cross(pair):
    buffers = []
    message = {"a": pack(np.arange(6.0).reshape(2, 3), buffers)}
    send(pair[0], message, buffers)
    heard, heard_buffers = receive(pair[1])
    assert unpack(heard["a"], heard_buffers).tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"no json", "not a message"),
        (json.dumps([[], []]).encode(), "a message is a dict"),
        (json.dumps([{}, [LARGEST, LARGEST]]).encode(), "are too large"),
        (json.dumps([{}, ["a"]]).encode(), "not a message"),
        (json.dumps([{}, [-1]]).encode(), "is too large"),
    ],
)
def test_what_is_no_message(pair, header, message):
    raw(pair[0], header)
    with pytest.raises(MessageError, match=message):
        receive(pair[1])


def test_a_message_that_would_fill_the_memory(pair):
    pair[0].sendall(struct.pack(">Q", 1 << 60))
    with pytest.raises(MessageError, match="is too large"):
        receive(pair[1])


@pytest.mark.parametrize(
    "packed",
    [
        {"dtype": "<f8", "shape": [2], "bytes": 0},
        {"dtype": "O", "shape": [1], "bytes": 0},
        {"dtype": "<f8", "shape": [1], "bytes": 1},
        None,
    ],
)
def test_what_is_no_array(packed):
    with pytest.raises(MessageError, match="array"):
        unpack(packed, [b"\0" * 8])

"""Pages turned over a websocket, as the script of a browser does it."""

from __future__ import annotations

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection

PATIENCE = 120  #: seconds, on a busy machine


def turn_page(socket: ClientConnection, page: str, query: str) -> int:
    """Go to a page, and wait until it is whole.

    Args:
        socket: of a signed-in user.
        page: its address behind the host; empty: the start page.
        query: what stands behind the question mark of the address.

    Returns:
        How many elements it has sent.

    Raises:
        AssertionError: the page shows an error, or nothing.
    """
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = query
    socket.send(message.SerializeToString())
    elements = 0
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(socket.recv(PATIENCE, decode=False))
        kind = answer.WhichOneof("type")
        if kind == "delta":
            elements += 1
            element = answer.delta.new_element
            assert element.WhichOneof("type") != "exception", element.exception.message
            is_error = element.WhichOneof("type") == "alert" and element.alert.format == element.alert.ERROR
            assert not is_error, element.alert.body
        # A page that asked to be shown anew is not whole yet; the end of a part of one says nothing of the page.
        if kind == "script_finished" and answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            assert elements, "the page is empty"
            return elements

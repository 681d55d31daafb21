"""What a message shows."""

import json


def buttons(message):
    return [
        (each["action_id"], json.loads(each["value"]))
        for block in message.blocks
        if block["type"] == "actions"
        for each in block["elements"]
    ]


def words(message):
    return json.dumps(message.blocks, ensure_ascii=False)


def controls(message):
    return [each for block in message.blocks if block["type"] == "actions" for each in block["elements"]]

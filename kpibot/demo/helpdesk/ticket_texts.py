"""What people write in tickets."""

# category: (share, subjects; {} becomes the room)
CATEGORIES: dict[str, tuple[float, tuple[str, ...]]] = {
    "hardware": (0.27, (
        "Chromebook will not turn on", "Screen cracked on student Chromebook", "Keys missing on laptop keyboard",
        "Battery does not hold a charge", "Dock in room {} shows no picture", "Laptop is very slow since this morning",
        "Charging cart in room {} has a dead row", "Webcam not found",
    )),
    "classroom display": (0.15, (
        "Projector in room {} will not turn on", "No sound from the speakers in room {}", "Display in room {} flickers",
        "Touch does not work on the board in room {}", "HDMI cable missing in room {}",
        "Projector bulb warning in room {}",
    )),
    "account": (0.19, (
        "Password reset for a student", "New teacher needs an account", "Locked out of e-mail",
        "Student cannot sign in to the learning platform", "Substitute needs access for today",
        "Name change in the directory",
    )),
    "software": (0.14, (
        "Gradebook shows an error when saving", "Testing browser will not start", "App missing on the iPads in room {}",
        "Reading software asks for a licence", "Update keeps restarting the computer",
        "Blocked website needed for a lesson",
    )),
    "network": (0.10, (
        "Wi-Fi drops in room {}", "No network in room {}", "Access point light is red in room {}",
        "Very slow internet in room {}", "Network jack in room {} is dead",
    )),
    "printing": (0.09, (
        "Printer jams in room {}", "Copier asks for a code", "Toner is empty in room {}",
        "Cannot print from a Chromebook",
    )),
    "phone": (0.06, ("Phone in room {} has no dial tone", "Voicemail PIN reset", "Intercom silent in room {}")),
}  # fmt: skip

WORK_ORDERS = (
    "Move two desktops to room {}", "Mount a projector in room {}", "Set up a computer lab in room {}",
    "Run a cable to room {}",
    "Install a camera outside room {}", "Collect old equipment from room {}", "Image a cart for room {}",
)  # fmt: skip

OUTAGE = (
    "No network in the whole hallway at room {}", "Wi-Fi is down in room {}", "Nobody in room {} can get online",
    "Phones and Wi-Fi out near room {}", "Testing stopped: no internet in room {}",
)  # fmt: skip

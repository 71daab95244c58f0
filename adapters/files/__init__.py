"""Files (文件夹): Excel and CSV sheets that people drop into a folder, or that others import."""

from adapters.files.adapter import Files
from connector import messages

messages.add(__name__)

__all__ = ["Files"]

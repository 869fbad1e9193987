"""Why a picture cannot be read: one class for each kind of reason, and the sentences that several places use."""

from model.errors import UserError

EMPTY = "The file is empty."
DAMAGED = "The picture is damaged or incomplete. Save or send it again."
NO_PICTURE = "This is not a picture that can be read. Use JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC or AVIF."
SVG = "This is an SVG drawing, not a photo. Use a photo, or export the drawing as PNG or JPEG."
PDF = "This is a PDF document, not a picture. Save the page or the photo in it as JPEG or PNG."
TOO_SLOW = "The picture takes too long to decode. Save it again as a plain JPEG or PNG, or make it smaller."
NO_MEMORY = "There is not enough memory to decode the picture. Make it smaller, or try again later."
INTERRUPTED = "Reading the picture was interrupted. Send it again."


class ImageError(UserError):
    """A picture cannot be read."""


class NotAnImageError(ImageError):
    """The content is not a picture in any of the formats that are read."""


class UnsupportedImageError(ImageError):
    """The picture is valid, but of a kind that is not decoded."""


class ImageTooLargeError(ImageError):
    """The picture has more pixels, or takes more time or bytes, than the limits allow."""


class OutOfMemoryError(ImageTooLargeError):
    """Memory ran out: the picture may be fine, and be read at another time or on another machine."""


class ReadingInterruptedError(ImageError):
    """Whoever wanted the picture does not want it any more."""


def overloaded(what: str) -> ImageTooLargeError:
    """The error for a file whose structure would keep a decoder busy out of proportion to the picture in it.

    Args:
        what: what there is too much of, in the plural: "scans".
    """
    return ImageTooLargeError(f"The picture consists of too many {what}. Save it again as a plain JPEG or PNG.")


def unsupported(what: str) -> UnsupportedImageError:
    """The error for a valid picture that is not decoded; `what` names its kind, such as "This kind of TIFF"."""
    return UnsupportedImageError(f"{what} is not supported. Save the picture as an ordinary JPEG or PNG.")

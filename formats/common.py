"""What the three languages share: a day is ДД.ММ.ГГГГ wherever it is short or typed, and the week starts on Monday."""

TIME_FORMAT = "H:i"
SHORT_DATE_FORMAT = "d.m.Y"
SHORT_DATETIME_FORMAT = "d.m.Y H:i"
FIRST_DAY_OF_WEEK = 1

# Django adds the ISO forms after these, so what a script or a browser's own date field sends is read too.
DATE_INPUT_FORMATS = ["%d.%m.%Y", "%d.%m.%y"]
DATETIME_INPUT_FORMATS = ["%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M"]
TIME_INPUT_FORMATS = ["%H:%M:%S", "%H:%M"]

THOUSAND_SEPARATOR = "\xa0"
NUMBER_GROUPING = 3

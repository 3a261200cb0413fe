"""Units of time: times are seconds inside, minutes and hours only in what people read."""

MINUTE_S = 60.0
HOUR_S = 60 * MINUTE_S
DAY_S = 24 * HOUR_S
HOURS_A_DAY = 24

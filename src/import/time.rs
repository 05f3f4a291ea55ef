//! Times as they stand in texts: in lines of their own, and before lines of logs.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::{rfc2822, strtime};
use jiff::tz::TimeZone;

use crate::document::Date;

/// A time read from a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) date: Date,
    pub(super) zone: Zone,
}

/// Whether the text says in which zone a time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    Said,
    /// It is taken to be UTC.
    NotSaid,
}

/// What a line that holds a time alone says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DateLine {
    At(Time),
    /// A date in a zone of which only the name is given, and names are ambiguous.
    InZone(String),
    /// It looks like a date, in a form that is not read.
    Unread,
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

pub(super) fn is_month(word: &str) -> bool {
    MONTHS.contains(&word)
}

/// A date and time as RFC 3339 writes it, or with a zone of four digits as `date` and journals have
/// it.
pub(super) fn rfc_3339(text: &str) -> Option<Date> {
    let with_colon = || {
        let at = text.len().checked_sub(4)?;
        let (time, zone) = text.is_char_boundary(at).then(|| text.split_at(at))?;
        let signed = time.ends_with(['+', '-']) && zone.bytes().all(|byte| byte.is_ascii_digit());
        signed.then(|| format!("{time}{}:{}", &zone[..2], &zone[2..]))?.parse().ok()
    };
    let looks = text.len() >= 17 && text.as_bytes()[0].is_ascii_digit();
    looks.then(|| text.replacen(',', ".", 1).parse().ok().or_else(with_colon))?
}

/// The time that a line holds, if that is all it holds: a rule around it and a word before it, as
/// in `Time: …`, are none of it.
pub(super) fn date_line(text: &str) -> Option<DateLine> {
    let text = text.trim_matches(|character: char| character.is_whitespace() || "=-#*[]".contains(character));
    let text = without_label(text);
    let at = |date| DateLine::At(Time { date, zone: Zone::Said });
    rfc_3339(text)
        .or_else(|| rfc_2822(text))
        .or_else(|| since_1970(text))
        .map(at)
        .or_else(|| as_date_prints(text))
        .or_else(|| apart_from_its_zone(text))
        .or_else(|| looks_like_a_date(text).then_some(DateLine::Unread))
}

/// What stands behind `Time: ` or `date=`.
fn without_label(text: &str) -> &str {
    let is_label = |label: &str| !label.is_empty() && label.chars().all(char::is_alphabetic);
    let labelled = text.split_once(": ").or_else(|| text.split_once('='));
    labelled.filter(|(label, _)| is_label(label)).map_or(text, |(_, rest)| rest.trim_start())
}

/// Whether the words are those of a date, a time of day among them: `So 1. Mär 2026 10:00:03 CET`.
fn looks_like_a_date(text: &str) -> bool {
    const MOST_WORDS: usize = 8;
    let is_clock = |word: &str| word.contains(':') && word.split([':', '.']).all(is_number);
    let is_day = |word: &str| word.contains(char::is_numeric) && !word.contains(|c: char| !c.is_numeric() && !"/.-年月日".contains(c));
    let is_name = |word: &str| word.chars().all(|character| character.is_alphabetic() || character == '.');
    let is_offset = |word: &str| word.strip_prefix(['+', '-']).is_some_and(is_number);
    let words = || text.split_whitespace().map(|word| word.trim_end_matches([',', ';', ':']));
    let is_known = |word: &str| is_clock(word) || is_day(word) || is_name(word) || is_offset(word);
    // A shell says when somebody was there last.
    let is_greeting = text.starts_with("Last login");
    !is_greeting && words().count() <= MOST_WORDS && words().any(is_clock) && words().all(is_known)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `date -R`.
fn rfc_2822(text: &str) -> Option<Date> {
    // Its parser also takes what a line may begin with by chance.
    DAYS.iter().any(|day| text.starts_with(day)).then(|| rfc2822::parse(text).ok())?.and_then(|zoned| date(zoned.timestamp()))
}

/// `date +%s`, also with milliseconds or nanoseconds, behind a point or not.
fn since_1970(text: &str) -> Option<Date> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let number: i64 = (is_number(whole) && is_number(fraction)).then(|| whole.parse().ok())??;
    match whole.len() {
        10 => Date::from_milliseconds(number * 1000 + thousandths(fraction)?),
        13 => Date::from_milliseconds(number),
        19 => Date::from_milliseconds(number / 1_000_000),
        _ => None,
    }
}

/// The first three digits behind a point.
fn thousandths(digits: &str) -> Option<i64> {
    format!("{digits:0<3}").get(..3)?.parse().ok()
}

/// `Sun Mar  1 10:00:03 UTC 2026`, as `date` prints in the C locale; `Sun Mar  1 10:00:03 AM UTC
/// 2026` or `Sun 01 Mar 2026 10:00:03 AM UTC` in an English one.
fn as_date_prints(text: &str) -> Option<DateLine> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (weekday, words) = words.split_first()?;
    let the = |fits: &dyn Fn(&str) -> bool| words.iter().copied().find(|word| fits(word));
    let (month, clock) = (the(&is_month)?, the(&|word| word.contains(':'))?);
    let day = the(&|word| word.len() <= 2 && is_number(word))?;
    let year = the(&|word| word.len() == 4 && is_number(word))?;
    let half = the(&|word| matches!(word, "AM" | "PM"));
    let named = [month, clock, day, year];
    let zone = words.iter().copied().find(|word| !named.contains(word) && half != Some(word))?;
    if !is_day(weekday) || words.len() != named.len() + 1 + usize::from(half.is_some()) {
        return None;
    }
    let format = if half.is_some() { "%d %b %Y %I:%M:%S %p" } else { "%d %b %Y %H:%M:%S" };
    let written = format!("{day} {month} {year} {clock} {}", half.unwrap_or_default());
    let civil: DateTime = strtime::parse(format, written.trim_end()).ok()?.to_datetime().ok()?;
    in_zone(in_utc(civil)?, zone)
}

/// A date in the zone of that name.
fn in_zone(date: Date, zone: &str) -> Option<DateLine> {
    match zone {
        "UTC" | "GMT" | "Z" => Some(DateLine::At(Time { date, zone: Zone::Said })),
        zone => Some(DateLine::InZone(zone.into())),
    }
}

fn is_day(word: &str) -> bool {
    DAYS.contains(&word)
}

/// A date and time without a zone, or with one behind a space.
fn apart_from_its_zone(text: &str) -> Option<DateLine> {
    let (time, rest) = leading(text)?;
    match rest.trim_start() {
        "" => Some(DateLine::At(time)),
        offset if zone(offset) == offset.len() => {
            rfc_3339(&text.replacen(&format!(" {offset}"), offset, 1)).map(|date| DateLine::At(Time { date, zone: Zone::Said }))
        }
        name if name.chars().all(|letter| letter.is_ascii_uppercase()) => in_zone(time.date, name),
        _ => None,
    }
}

/// Whether a text begins with a date and time.
pub(super) fn begins(text: &str) -> bool {
    leading(text).is_some()
}

/// The time before a line of a log.
pub(super) fn of_log(text: &str) -> Option<Time> {
    let said = |date| Time { date, zone: Zone::Said };
    of_librdkafka(text).map(said).or_else(|| find(text).map(|(time, _)| time))
}

/// `%7|1700000000.897|ASSIGN|…`.
fn of_librdkafka(text: &str) -> Option<Date> {
    let (_, from_level) = text.split_once('%')?;
    let seconds = from_level.split('|').nth(1)?;
    let (whole, fraction) = seconds.split_once('.')?;
    let whole: i64 = whole.parse().ok()?;
    Date::from_milliseconds(whole.checked_mul(1000)?.checked_add(thousandths(fraction)?)?)
}

/// How far into a line a time may begin.
const NEAR: usize = 80;

/// The first date and time near the beginning of a text, and what stands behind it.
fn find(text: &str) -> Option<(Time, &str)> {
    text.char_indices().take_while(|(at, _)| *at < NEAR).find_map(|(at, _)| leading(&text[at..]))
}

/// The date and time that a text begins with: `2026-03-01 10:00:03,110`, with `T` or a point just
/// as well, with a zone or without.
fn leading(text: &str) -> Option<(Time, &str)> {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00";
    let bytes = text.as_bytes().get(..SHAPE.len())?;
    let fits = |(byte, shape): (&u8, &u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b' '),
        exact => byte == exact,
    };
    if !bytes.iter().zip(SHAPE).all(fits) {
        return None;
    }
    let (day, clock, rest) = (&text[..10], &text[11..19], &text[19..]);
    let (fraction, rest) = match rest.strip_prefix(['.', ',']) {
        Some(digits) => digits.split_at(digits.len() - digits.trim_start_matches(|digit: char| digit.is_ascii_digit()).len()),
        None => ("", rest),
    };
    let fraction = if fraction.is_empty() { "0" } else { &fraction[..fraction.len().min(9)] };
    let length = zone(rest);
    let (said, rest) = rest.split_at(length);
    let (written, zone) = if length == 0 { ("Z", Zone::NotSaid) } else { (said, Zone::Said) };
    Some((Time { date: rfc_3339(&format!("{day}T{clock}.{fraction}{written}"))?, zone }, rest))
}

/// How long the zone is that a text begins with.
fn zone(text: &str) -> usize {
    let digits = |from: usize, to: usize| text.as_bytes().get(from..to).is_some_and(|bytes| bytes.iter().all(u8::is_ascii_digit));
    match text.as_bytes() {
        [b'Z', ..] => 1,
        [b'+' | b'-', ..] if digits(1, 5) => 5,
        [b'+' | b'-', _, _, b':', ..] if digits(1, 3) && digits(4, 6) => 6,
        _ => 0,
    }
}

fn in_utc(civil: DateTime) -> Option<Date> {
    date(TimeZone::UTC.to_timestamp(civil).ok()?)
}

fn date(timestamp: Timestamp) -> Option<Date> {
    Date::from_milliseconds(timestamp.as_millisecond())
}

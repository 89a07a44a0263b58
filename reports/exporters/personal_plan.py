"""The personal plan as a paper to sign and as a calendar file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.template.loader import render_to_string
from icalendar import Alarm, Calendar, Event

from communes.exporters.pdf import COUNTRY, DEMO_MARK, MOTTO, day_in_words, draw
from reports.queries.personal_plan import PersonalPlan, PlanLine, Span

ICS = "text/calendar; charset=utf-8"


def personal_pdf(plan: PersonalPlan, span: Span, *, is_demo: bool) -> bytes:
    """ "KẾ HOẠCH CÁ NHÂN …". Raises PdfUnavailable."""
    context = {
        "plan": plan, "spans": plan.spans(span), "country": COUNTRY, "motto": MOTTO,
        "place_and_day": f"{plan.district}, {day_in_words(plan.today)}", "demo_mark": DEMO_MARK if is_demo else "",
    }  # fmt: skip
    return draw(render_to_string("reports/pdf/personal_plan.html", context))


def personal_calendar(
    plan: PersonalPlan, *, made_at: datetime, host: str, absolute: Callable[[str], str], is_demo: bool
) -> bytes:
    """All-day events on the days things are due or expected, RFC 5545. A thing keeps its UID, so that a file brought in
    again moves events instead of doubling them. What names this person rings the day before."""
    calendar = Calendar()
    calendar.add("prodid", "-//NTM Tracker//Ke hoach ca nhan//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Kế hoạch nông thôn mới – {plan.name}")
    for line in plan.lines:
        if line.day is not None:
            calendar.add_component(_event(line, line.day, made_at, host, absolute, is_demo))
    return bytes(calendar.to_ical())


def _event(
    line: PlanLine, day: date, made_at: datetime, host: str, absolute: Callable[[str], str], is_demo: bool
) -> Event:  # fmt: skip
    said = [line.source, line.state, "trên đường găng" if line.is_critical else "", DEMO_MARK if is_demo else ""]
    event = Event()
    event.add("uid", f"{line.key}@{host}")
    event.add("dtstamp", made_at)
    event.add("summary", f"{'Hạn' if line.is_due else 'Dự kiến xong'}: {line.text}")
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("description", "\n".join([*filter(None, said), absolute(line.url)]))
    event.add("url", absolute(line.url))
    if line.where:
        event.add("location", line.where)
    if line.part.name == "OWN":
        event.add_component(_alarm(line))
    return event


def _alarm(line: PlanLine) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", line.text)
    alarm.add("trigger", timedelta(hours=-16))  # eight in the morning of the day before
    return alarm

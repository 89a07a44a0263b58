"""Logging in and out, the own account, the own password, the own notices.

The throttle (django-axes) stands before the password hash, as the first authentication backend; its middleware
answers with the page 429. Where somebody lands after logging in follows from the seats, which the edge reads
for each request: hence the short stop at `landing`.
"""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off, get_failure_limit
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import PASSWORD_CHANGED, change_email, mark_read, set_notices
from accounts.forms import LoginForm, NewPasswordForm, NoticeForm
from accounts.models import Department, HistoryEntry
from accounts.queries import notice_setting, notices_of
from accounts.roles import Role, Seat, Standing
from accounts.rules import NoticeKind

FEW_LEFT = 3
HASH_WAIT_SECONDS = 3
NOTICES_A_PAGE = 30
MOST_ROWS = 2**63 - 1  # what a database takes as a number of a row
MOST_GUESSES = 5
_hashing = BoundedSemaphore(1)


@method_decorator(login_not_required, name="dispatch")
class LoginPage(LoginView):
    authentication_form = LoginForm
    redirect_authenticated_user = True
    template_name = "registration/login.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if any("\x00" in value for values in request.POST.lists() for value in values[1]):
            raise BadRequest("Dữ liệu gửi lên có ký tự không hợp lệ.")
        # Hashing is dear on purpose: a flood under changing names may hold one thread of a worker, never all of them.
        if not _hashing.acquire(timeout=HASH_WAIT_SECONDS):
            return render(request, "429.html", {"is_busy": True}, status=429)
        try:
            return super().post(request, *args, **kwargs)
        finally:
            _hashing.release()

    def get_redirect_url(self) -> str:
        """`next` only where it is a path of this application; logging out again is nowhere to go."""
        wanted: str = super().get_redirect_url()
        is_local = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
        leads_somewhere = wanted != "/" and not wanted.startswith(reverse("accounts:logout"))
        return wanted if is_local and leads_somewhere else ""

    def get_default_redirect_url(self) -> str:
        return reverse("accounts:landing")

    def form_invalid(self, form: LoginForm) -> HttpResponse:
        """Says how many attempts are left when they run out; the same for a name that does not exist."""
        context = self.get_context_data(form=form, attempts_left=self._attempts_left(form))
        return self.render_to_response(context, status=422)

    def _attempts_left(self, form: LoginForm) -> int | None:
        name = form.cleaned_data.get("username") if hasattr(form, "cleaned_data") else None
        # Only an attempt that reached the throttle carries its marks.
        if not name or not hasattr(self.request, "axes_attempt_time"):
            return None
        credentials = {"username": name}
        failures = AxesProxyHandler.get_failures(self.request, credentials)
        left: int = get_failure_limit(self.request, credentials) - failures
        return left if 0 < left <= FEW_LEFT else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cool_off = get_cool_off(self.request)
        minutes = round(cool_off.total_seconds() / 60) if cool_off else 15
        extra = {"lock_minutes": minutes, "attempts_left": None, "has_left": "da-thoat" in self.request.GET}
        return super().get_context_data(**{**extra, **kwargs})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def log_out(request: HttpRequest) -> HttpResponse:
    """Ends the session on POST; an address alone (a picture in a mail) ends nothing."""
    if request.method != "POST":
        return redirect("accounts:account")
    logout(request)
    return redirect(f"{reverse('accounts:login')}?da-thoat=1")


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """The first screen by role: where this person's work waits. Plain paths: the screens live in upper floors."""
    return HttpResponseRedirect(_first_screen(request.standing))  # type: ignore[attr-defined]


def _first_screen(standing: Standing) -> str:
    if not standing.seats:
        return reverse("accounts:account")
    if standing.has(Role.COORDINATOR, Role.LEADER, Role.ADMIN):
        return "/"
    return "/viec-cua-toi/" if standing.has(Role.COMMUNE, Role.DEPARTMENT) else "/"


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here: seats as lines of text, and when the password was last changed."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    own = HistoryEntry.objects.filter(act=PASSWORD_CHANGED, person_id=request.user.pk)
    context = {
        "person": request.user,
        "seats": _seat_lines(standing),
        "password_changed_at": own.values_list("at", flat=True).first(),
    }
    return render(request, "accounts/account.html", context)


def _seat_lines(standing: Standing) -> list[str]:
    """ "Cán bộ phòng, ban, ngành – Phòng Y tế". One query for the names of departments."""
    codes = {(seat.district, seat.department) for seat in standing.seats if seat.department}
    rows = Department.objects.filter(district_code__in={d for d, _ in codes}, code__in={c for _, c in codes})
    names = {(row.district_code, row.code): row.name for row in rows}
    return [_seat_line(seat, names.get((seat.district, seat.department), seat.department)) for seat in standing.seats]


def _seat_line(seat: Seat, department: str) -> str:
    said = [seat.title or seat.role.label, department]
    said.append(f"mã xã {seat.commune}" if seat.commune else f"mã huyện {seat.district}")
    return " – ".join(filter(None, said))


class PasswordPage(PasswordChangeView):
    """A new password ends this person's other sessions: their hash of the session no longer fits."""

    form_class = NewPasswordForm
    template_name = "registration/password_change_form.html"
    success_url = reverse_lazy("accounts:account")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "on": self.request.today}  # type: ignore[attr-defined]

    def form_invalid(self, form: NewPasswordForm) -> HttpResponse:
        """Guessing the old password from an open session ends the session."""
        guesses = self.request.session.get("wrong_passwords", 0) + ("old_password" in form.errors)
        self.request.session["wrong_passwords"] = guesses
        if guesses >= MOST_GUESSES:
            logout(self.request)
            return redirect(f"{reverse('accounts:login')}?da-thoat=1")
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, "Đã đổi mật khẩu. Các phiên đăng nhập khác của anh/chị đã bị đóng.")
        return response


@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """What one was told, newest first; POST marks everything as read."""
    if request.method == "POST":
        count = mark_read(person=request.user)  # type: ignore[arg-type]
        messages.success(request, f"Đã đánh dấu {count} thông báo là đã đọc.")
        return redirect("accounts:notices")
    rows = notices_of(request.user)  # type: ignore[arg-type]
    unread = rows.filter(read_at=None)
    only_unread = "chua-doc" in request.GET
    page = Paginator(unread if only_unread else rows, NOTICES_A_PAGE).get_page(request.GET.get("trang"))
    context = {"page": page, "unread": unread.count(), "only_unread": only_unread}
    return render(request, "accounts/notices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, notice: int) -> HttpResponse:
    """The link of a notice: marks it as read and leads to what it is about; POST only marks it."""
    found = notices_of(request.user).filter(pk=min(notice, MOST_ROWS)).first()  # type: ignore[arg-type]
    if found is None:
        raise Http404
    if request.method != "HEAD":
        mark_read(person=request.user, notice=found.pk)  # type: ignore[arg-type]
    is_local = found.url.startswith("/") and not found.url.startswith(("//", "/\\"))
    return redirect(found.url if is_local and request.method != "POST" else "accounts:notices")


@require_http_methods(["GET", "HEAD", "POST"])
def notice_settings(request: HttpRequest) -> HttpResponse:
    """The daily mail, its address, and which kinds to be told of."""
    person = request.user
    setting = notice_setting(person)  # type: ignore[arg-type]
    if request.method == "POST":
        form = NoticeForm(request.POST)
        if form.is_valid():
            change_email(person=person, email=form.cleaned_data["email"], on=request.today)  # type: ignore[arg-type,attr-defined]
            set_notices(person=person, wants_digest=form.cleaned_data["wants_digest"], muted=form.muted)  # type: ignore[arg-type]
            messages.success(request, "Đã lưu cách nhận thông báo.")
            return redirect("accounts:notice-settings")
        return render(request, "accounts/notice_settings.html", {"form": form}, status=422)
    kinds = [kind.value for kind in NoticeKind if kind.value not in setting.muted]
    form = NoticeForm(initial={"wants_digest": setting.wants_digest, "email": person.email, "kinds": kinds})  # type: ignore[union-attr]
    return render(request, "accounts/notice_settings.html", {"form": form})

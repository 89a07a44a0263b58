"""Addresses of how we get there (product.md section 4)."""

from django.urls import path

from plans.views import directive, directive_form, directives, meeting, plan, preview, task

app_name = "plans"
urlpatterns = [
    path("ke-hoach/", plan.plan, name="plan"),
    path("ke-hoach/excel/", plan.plan_excel, name="plan-excel"),
    path("ke-hoach/pdf/", plan.plan_paper, name="plan-pdf"),
    path("ke-hoach/thu/", preview.try_change, name="preview"),
    path("ke-hoach/viec/moi/", task.new_task, name="task-new"),
    path("ke-hoach/viec/<int:pk>/", task.task, name="task"),
    path("ke-hoach/viec/<int:pk>/sua/", task.edit_task, name="task-edit"),
    path("chi-dao/", directives.directive_list, name="directives"),
    path("chi-dao/excel/", directives.directives_excel, name="directives-excel"),
    path("chi-dao/pdf/", directives.directives_paper, name="directives-pdf"),
    path("chi-dao/noi-dung/", directives.item_list, name="directive-items"),
    path("chi-dao/noi-dung/excel/", directives.items_excel, name="directive-items-excel"),
    path("chi-dao/noi-dung/pdf/", directives.items_paper, name="directive-items-pdf"),
    path("chi-dao/noi-dung/<int:pk>/", directive.item, name="directive-item"),
    path("chi-dao/noi-dung/<int:pk>/sua/", directive_form.edit_item, name="directive-item-edit"),
    path("chi-dao/moi/", directive_form.new_directive, name="directive-new"),
    path("chi-dao/hop/", meeting.meeting, name="directive-meeting"),
    path("chi-dao/hop/excel/", meeting.meeting_excel, name="directive-meeting-excel"),
    path("chi-dao/hop/pdf/", meeting.meeting_paper, name="directive-meeting-pdf"),
    path("chi-dao/<int:pk>/", directive.directive, name="directive"),
    path("chi-dao/<int:pk>/them/", directive_form.more_items, name="directive-more"),
    path("chi-dao/<int:pk>/sua/", directive_form.edit_directive, name="directive-edit"),
    path("chi-dao/<int:pk>/tep/", directive.directive_file, name="directive-file"),
    path("chi-dao/<int:pk>/excel/", directive.directive_excel, name="directive-excel"),
    path("chi-dao/<int:pk>/pdf/", directive.directive_paper, name="directive-pdf"),
]

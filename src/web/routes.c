/* Every page and what may be done, in one table; a row holds its right. And the side menu, and the
 * pages' templates. Further pages add rows here. */
#include "web/api_int.h"
#include "web/approval_int.h"
#include "web/home_int.h"
#include "web/menu_int.h"
#include "web/notice_int.h"
#include "web/page_int.h"

#define ROLES_FORM      (R(ROLE_EDITOR) | R(ROLE_BROKER))
#define ROLES_TALKS     (R(ROLE_MEMBER) | R(ROLE_EDITOR) | R(ROLE_BROKER) | R(ROLE_AUDITOR))
#define ROLES_SIGNERS   (R(ROLE_MEMBER) | R(ROLE_EDITOR) | R(ROLE_BROKER))
#define ROLES_ALLSEEING (R(ROLE_BROKER) | R(ROLE_AUDITOR))
#define ROLES_NEWS      (R(ROLE_EDITOR) | R(ROLE_BROKER) | R(ROLE_AUDITOR))
#define ROLES_JOBS      (R(ROLE_MEMBER) | R(ROLE_EDITOR) | R(ROLE_BROKER) | R(ROLE_ADMIN))

/* clang-format off */
const struct route routes[] = {
    ROUTE(GET, "/", home_page, ROLES_ALL, ROUTE_CACHE, "首页", "Home"),
    ROUTE(GET, "/dashboard", dashboard_page, ROLES_ALL, 0, "总览", "Dashboard"),
    ROUTE(POST, "/matches/seen", seen_do, ROLES_SIGNED, 0, "新匹配已看", "New matches are seen"),
    ROUTE(GET, "/healthz", healthz, ROLES_ALL, ROUTE_BARE, "健康检查", "Health"),
    ROUTE(GET, "/metrics", metrics, ROLES_ALL, ROUTE_BARE, "运行指标（Prometheus）", "Prometheus metrics"),
    ROUTE(GET, "/static/{name}", static_file, ROLES_ALL, ROUTE_BARE, "样式、脚本、图标", "Styles, scripts, icons"),
    ROUTE(GET, "/favicon.ico", favicon, ROLES_ALL, ROUTE_BARE, "网站图标", "Icon of the site"),

    ROUTE(GET, "/search", search_page, ROLES_ALL, ROUTE_CACHE | ROUTE_KEEP, "全站搜索", "Search everything"),
    ROUTE(GET, "/board", board_page, ROLES_TALKS, 0, "对接看板", "Board of introductions"),
    ROUTE(POST, "/board/{id}/{name}", board_move, ROLES_FORM, 0, "在看板上办理步骤", "Take a step on the board"),

    ROUTE(GET, "/sign-in", sign_in_page, ROLES_ALL, 0, "登录", "Sign in"),
    ROUTE(POST, "/sign-in", sign_in_do, ROLES_ALL, 0, "登录", "Sign in"),
    ROUTE(GET, "/sign-in/second", second_page, ROLES_ALL, 0, "第二因子", "Second factor"),
    ROUTE(POST, "/sign-in/second", second_do, ROLES_ALL, 0, "第二因子", "Second factor"),
    ROUTE(POST, "/sign-out", sign_out_do, ROLES_SIGNED, 0, "退出", "Sign out"),
    ROUTE(GET, "/language/{name}", language_do, ROLES_ALL, 0, "切换语言", "Switch the language"),

    ROUTE(GET, "/account", account_page, ROLES_SIGNED, 0, "我的账号", "My account"),
    ROUTE(POST, "/account/password", password_do, ROLES_SIGNED, 0, "修改密码", "Change the password"),
    ROUTE(POST, "/account/second/begin", second_begin, ROLES_SIGNED, 0, "开启第二因子", "Begin a second factor"),
    ROUTE(POST, "/account/second", second_confirm, ROLES_SIGNED, 0, "确认第二因子", "Confirm the second factor"),
    ROUTE(POST, "/account/second/off", second_off, ROLES_SIGNED, 0, "关闭第二因子", "Take the second factor off"),
    ROUTE(POST, "/account/calendar", calendar_make, ROLES_SIGNED, 0, "生成日历地址", "Make a calendar address"),
    ROUTE(GET, "/calendar/{name}", calendar_do, ROLES_ALL, ROUTE_BARE, "个人日历（ICS）", "A person's calendar (ICS)"),
    ROUTE(POST, "/account/tokens", token_make, ROLES_SIGNED, 0, "新建令牌", "Make a token"),
    ROUTE(POST, "/account/tokens/{id}/end", token_end, ROLES_SIGNED, 0, "作废令牌", "End a token"),

    ROUTE(GET, "/inbox", inbox_page, ROLES_SIGNED, 0, "收件箱", "Inbox"),
    ROUTE(POST, "/inbox/read", inbox_read_all_do, ROLES_SIGNED, 0, "全部标为已读", "Mark all notices as read"),
    ROUTE(GET, "/inbox/{id}", inbox_open, ROLES_SIGNED, 0, "打开一条消息", "Open a notice"),
    ROUTE(POST, "/inbox/{id}/read", inbox_read_do, ROLES_SIGNED, 0, "标为已读", "Mark a notice as read"),
    ROUTE(GET, "/account/notices", notices_page, ROLES_SIGNED, 0, "消息提醒设置", "How I am told"),
    ROUTE(POST, "/account/notices", notices_choose_do, ROLES_SIGNED, 0, "选择提醒方式", "Choose channels and quiet hours"),
    ROUTE(POST, "/account/notices/mail", notices_mail_do, ROLES_SIGNED, 0, "设置邮箱", "Set my mail address"),
    ROUTE(POST, "/account/notices/code", notices_code_do, ROLES_SIGNED, 0, "验证邮箱", "Confirm my mail address"),
    ROUTE(POST, "/account/notices/robot/{name}", notices_robot_do, ROLES_SIGNED, 0, "设置群机器人", "Set my chat robot"),

    ROUTE(GET, "/leaders", leaders_page, ROLES_SIGNED, 0, "领导驾驶舱", "Leaders' page"),
    ROUTE(GET, "/circular", circular_page, ROLES_ALLSEEING, 0, "兑现情况通报", "Circular"),
    ROUTE(GET, "/owed", owed_page, ROLES_SIGNED, 0, "待办承诺", "What is owed"),

    ROUTE(GET, "/approvals", approvals_page, ROLES_SIGNERS, 0, "审批", "Approvals"),

    ROUTE(GET, "/jobs", jobs_page, ROLES_JOBS, 0, "任务", "Jobs"),
    ROUTE(GET, "/jobs/{id}", job_page, ROLES_JOBS, 0, "任务进度", "Progress of a job"),
    ROUTE(POST, "/jobs/{id}/cancel", job_cancel, ROLES_JOBS, 0, "取消任务", "Cancel a job"),

    ROUTE(GET, "/admin/accounts", accounts_page, ROLES_ADMIN, 0, "账号管理", "Accounts"),
    ROUTE(GET, "/admin/accounts/new", account_form_page, ROLES_ADMIN, 0, "新建账号", "New account"),
    ROUTE(POST, "/admin/accounts/new", account_form_save, ROLES_ADMIN, 0, "新建账号", "New account"),
    ROUTE(GET, "/admin/accounts/{id}", account_form_page, ROLES_ADMIN, 0, "修改账号", "Edit an account"),
    ROUTE(POST, "/admin/accounts/{id}", account_form_save, ROLES_ADMIN, 0, "修改账号", "Edit an account"),
    ROUTE(GET, "/admin/notices", site_notices_page, ROLES_ADMIN, 0, "消息发送", "Sending of notices"),
    ROUTE(POST, "/admin/notices", site_notices_do, ROLES_ADMIN, 0, "设置邮件服务器", "Set the mail server"),
    ROUTE(POST, "/admin/notices/test", site_test_do, ROLES_ADMIN, 0, "发测试邮件", "Send a test mail"),
    ROUTE(POST, "/admin/notices/robot/{name}", site_robot_do, ROLES_ADMIN, 0, "设置全站群机器人", "Set a chat robot of the site"),
    ROUTE(POST, "/admin/notices/{id}/again", site_again_do, ROLES_ADMIN, 0, "重新发送", "Send again"),
    ROUTE(GET, "/audit", audit_page, ROLES_AUDIT, 0, "审计日志", "Audit trail"),

    ROUTE(GET, "/suggest/codes/{name}", suggest_codes, ROLES_ALL, 0, "代码候选", "Suggestions of codes"),
    ROUTE(GET, "/suggest/records/{name}", suggest_records, ROLES_ALL, 0, "记录候选", "Suggestions of records"),

    ROUTE(GET, "/news", news_page, ROLES_NEWS, 0, "新闻页", "Pages of news"),
    ROUTE(GET, "/news/new", news_new_page, ROLES_FORM, 0, "读新闻", "Read the news"),
    ROUTE(POST, "/news", news_read_do, ROLES_FORM, ROUTE_UPLOAD, "读新闻", "Read the news"),
    ROUTE(GET, "/news/runs/{id}", news_run_page, ROLES_FORM, 0, "批量读新闻", "Many pages of news"),
    ROUTE(GET, "/files/{name}", file_do, ROLES_SIGNED, 0, "下载文件", "Download a file"),
    ROUTE(GET, "/sso/{name}", page_sso, ROLES_ALL, 0, "统一身份认证", "Single sign-on"),
    ROUTE(GET, "/sso/{name}/back", page_sso_back, ROLES_ALL, 0, "由统一身份认证返回", "Back from single sign-on"),

    ROUTE(GET, "/api", api_describe, ROLES_ALL, ROUTE_API, "接口说明（OpenAPI）", "Description (OpenAPI)"),
    ROUTE(GET, "/api/search", api_search, ROLES_ALL, ROUTE_API, "检索全部", "Search everything"),
    ROUTE(GET, "/api/inbox", api_inbox, ROLES_SIGNED, ROUTE_API, "收件箱", "Inbox"),
    ROUTE(POST, "/api/inbox/read", api_inbox_read_all, ROLES_SIGNED, ROUTE_API, "全部标为已读", "Mark all notices as read"),
    ROUTE(POST, "/api/inbox/{id}/read", api_inbox_read, ROLES_SIGNED, ROUTE_API, "标为已读", "Mark a notice as read"),
    ROUTE(GET, "/api/codes/{name}", api_codes, ROLES_ALL, ROUTE_API, "代码表", "A code table"),
    ROUTE(POST, "/api/files", api_upload, ROLES_FORM, ROUTE_API | ROUTE_UPLOAD, "上传文件", "Upload a file"),
    ROUTE(GET, "/api/{kind}/{id}/files/{name}", attach_do, ROLES_ALL, ROUTE_API, "下载记录的文件", "Download a file of a record"),
    ROUTE(GET, "/api/approvals", api_approvals, ROLES_SIGNERS, ROUTE_API, "待我审批、我提交的、我签过的", "Approvals that wait for, were submitted by or signed by the reader"),
    ROUTE(GET, "/api/{kind}", api_list, ROLES_ALL, ROUTE_API, "列表", "List"),
    ROUTE(POST, "/api/{kind}", api_create, ROLES_FORM, ROUTE_API, "新建", "Create"),
    ROUTE(GET, "/api/{kind}/{id}", api_show, ROLES_ALL, ROUTE_API, "查看", "Show"),
    ROUTE(PATCH, "/api/{kind}/{id}", api_change, ROLES_FORM, ROUTE_API, "修改", "Change"),
    ROUTE(DELETE, "/api/{kind}/{id}", api_remove, ROLES_FORM, ROUTE_API, "删除", "Delete"),
    ROUTE(POST, "/api/{kind}/{id}/steps/{name}", api_step, ROLES_FORM, ROUTE_API, "办理步骤", "Take a step"),
    ROUTE(GET, "/api/{kind}/{id}/approval", api_approval, ROLES_SIGNED, ROUTE_API, "审批", "Its approval"),
    ROUTE(POST, "/api/{kind}/{id}/approval/{name}", api_approval_do, ROLES_SIGNERS, ROUTE_API, "办理审批", "Sign, send back, reject, withdraw, add, delegate, remind"),
    ROUTE(GET, "/api/{kind}/{id}/history", api_history, ROLES_SIGNED, ROUTE_API, "历史", "History"),
    ROUTE(GET, "/api/{kind}/{id}/matches", api_matches, ROLES_ALL, ROUTE_API, "匹配", "Matches"),
    ROUTE(GET, "/api/{kind}/{id}/matches/{name}", api_why, ROLES_ALL, ROUTE_API, "匹配理由", "Why it matches"),

    /* any kind of the model; what its own table allows is checked by service */
    ROUTE(GET, "/{kind}", list_page, ROLES_ALL, ROUTE_CACHE | ROUTE_KEEP, "列表", "List"),
    ROUTE(GET, "/{kind}/export", export_do, ROLES_ALL, 0, "导出列表", "Export a list"),
    ROUTE(GET, "/{kind}/template", template_do, ROLES_FORM, 0, "下载导入模板", "Import template"),
    ROUTE(GET, "/{kind}/import", import_page, ROLES_FORM, 0, "导入表格", "Import a spreadsheet"),
    ROUTE(POST, "/{kind}/import", import_upload, ROLES_FORM, ROUTE_UPLOAD, "上传表格", "Upload a spreadsheet"),
    ROUTE(GET, "/{kind}/import/{id}", import_run_page, ROLES_FORM, 0, "导入预检", "Dry run of an import"),
    ROUTE(POST, "/{kind}/import/{id}", import_apply_do, ROLES_FORM, 0, "确认导入", "Confirm an import"),
    ROUTE(POST, "/{kind}/queries", query_save, ROLES_SIGNED, 0, "保存查询", "Save a query"),
    ROUTE(POST, "/{kind}/queries/{id}/drop", query_drop, ROLES_SIGNED, 0, "删除查询", "Drop a saved query"),
    ROUTE(GET, "/{kind}/new", form_page, ROLES_FORM, 0, "新建", "New record"),
    ROUTE(POST, "/{kind}/new", form_save, ROLES_FORM, ROUTE_FILES, "新建", "New record"),
    ROUTE(GET, "/{kind}/{id}", show_page, ROLES_ALL, ROUTE_CACHE | ROUTE_KEEP, "查看", "Show a record"),
    ROUTE(GET, "/{kind}/{id}/matches", matches_page, ROLES_ALL, ROUTE_CACHE | ROUTE_KEEP, "匹配结果", "Matches"),
    ROUTE(GET, "/{kind}/{id}/matches/{name}", why_page, ROLES_ALL, ROUTE_CACHE | ROUTE_KEEP, "匹配理由", "Why it matches"),
    ROUTE(POST, "/{kind}/{id}/matches/{name}/shortlist", why_shortlist, ROLES_FORM, 0, "加入候选", "Put on the shortlist"),
    ROUTE(POST, "/{kind}/{id}/matches/{name}/propose", why_propose, ROLES_FORM, 0, "提议对接", "Propose an introduction"),
    ROUTE(POST, "/{kind}/{id}/matches/{name}/refuse", why_refuse, ROLES_FORM, 0, "标为不合适", "Refuse a match"),
    ROUTE(GET, "/{kind}/{id}/edit", form_page, ROLES_FORM, 0, "修改", "Edit a record"),
    ROUTE(POST, "/{kind}/{id}/edit", form_save, ROLES_FORM, ROUTE_FILES, "修改", "Edit a record"),
    ROUTE(GET, "/{kind}/{id}/step/{name}", step_page, ROLES_FORM, 0, "办理步骤", "Take a step"),
    ROUTE(POST, "/{kind}/{id}/step/{name}", step_do, ROLES_FORM, ROUTE_FILES, "办理步骤", "Take a step"),
    ROUTE(POST, "/{kind}/{id}/confirm", confirm_do, ROLES_FORM, 0, "本单位确认", "Confirm for one's own side"),
    ROUTE(POST, "/{kind}/{id}/approval/{name}", approval_act_do, ROLES_SIGNERS, 0, "办理审批", "Sign, send back, reject, withdraw, add, delegate, remind"),
    ROUTE(GET, "/{kind}/{id}/paper/{name}", paper_do, ROLES_SIGNED, 0, "按记录填好的表格（Word，?pdf=1 为 PDF）", "A paper filled from the record (Word; ?pdf=1: PDF)"),
    ROUTE(GET, "/{kind}/{id}/files/{name}", attach_do, ROLES_ALL, 0, "下载记录的文件", "Download a file of a record"),
    ROUTE(GET, "/{kind}/{id}/thread", thread_page, ROLES_ALL, 0, "来龙去脉", "The thread"),
    ROUTE(GET, "/{kind}/{id}/promises", promises_page, ROLES_FORM, 0, "由纪要整理承诺", "Promises out of minutes"),
    ROUTE(POST, "/{kind}/{id}/promises", promises_do, ROLES_FORM, 0, "由纪要整理承诺", "Promises out of minutes"),
    ROUTE(POST, "/{kind}/{id}/fact/{name}", review_fact_do, ROLES_FORM, 0, "接受、改正或排除新闻页的事实", "Accept, correct or reject a fact of a page"),
    ROUTE(POST, "/{kind}/{id}/chat", review_chat_do, ROLES_FORM, 0, "请对话模型补充新闻页的事实", "Ask a chat model for further facts of a page"),
    ROUTE(POST, "/{kind}/{id}/who", review_who_do, ROLES_FORM, 0, "认定新闻页的各方与人员", "Say who is who on a page"),
    ROUTE(GET, "/{kind}/{id}/delete", delete_page, ROLES_FORM, 0, "删除", "Delete a record"),
    ROUTE(POST, "/{kind}/{id}/delete", delete_do, ROLES_FORM, 0, "删除", "Delete a record"),
    {.pattern = NULL},
};

/* Besides the kinds that have an order. */
const struct menu_row menu_rows[] = {
    {"/", "home", "web.home", true, NULL},
    {"/approvals", "clipboard-check", "web.approvals", true, menu_approvals},
    {"/leaders", "gauge", "web.leaders", true, NULL},
    {"/dashboard", "chart-bar", "web.dashboard", true, NULL},
    {"/board", "layout-kanban", "web.board", false, NULL},
    {"/news", "news", "web.news", false, NULL},
    {"/owed", "list-check", "web.owed", false, NULL},
    {"/circular", "report", "web.circular", false, NULL},
    {"/jobs", "progress", "web.jobs", false, NULL},
    {"/admin/accounts", "user-cog", "web.accounts", false, NULL},
    {"/admin/notices", "send", "web.site_notices", false, NULL},
    {"/audit", "shield-check", "web.audit", false, NULL},
    {.path = NULL},
};
/* clang-format on */

/* clang-format off */
const struct page *const pages[] = {
    &error_page,
    &error_part,
    &home_page_def,
    &list_page_def,
    &show_page_def,
    &delete_page_def,
    &form_page_def,
    &step_page_def,
    &sign_in_def,
    &second_def,
    &account_def,
    &accounts_def,
    &account_form_def,
    &audit_def,
    &jobs_def,
    &job_def,
    &job_part_def,
    &suggest_def,
    &news_def,
    &news_new_def,
    &news_run_def,
    &news_run_part_def,
    &review_def,
    &import_def,
    &import_run_def,
    &import_part_def,
    &matches_def,
    &why_def,
    &board_def,
    &board_part_def,
    &search_def,
    &dashboard_def,
    &thread_def,
    &promises_def,
    &leaders_def,
    &wall_def,
    &circular_def,
    &owed_def,
    &inbox_def,
    &notices_def,
    &site_notices_def,
    &approvals_def,
    NULL,
};
/* clang-format on */

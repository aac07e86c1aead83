/* Projects, milestones, promises and assessments on both stores: what their dates, states and score
 * sheets hold together. */
#include "work_help.h"

static struct actor broker;

static int up(void **state)
{
    if (site_open_all(state))
        return -1;
    broker = actor(ROLE_BROKER, 0);
    return 0;
}

/* Shortened or moved so that a milestone would lie outside: said at the date, with its name. */
static void a_project_keeps_its_milestones_inside(void **unused)
{
    (void)unused;
    vec_fault faults = {0};
    int64_t project = MAKE(&broker, "project", "title", "期限项目", "type", "attack", "stage", "s1",
                           "start", "2026-01-01", "end", "2026-12-31", "owner", ref(org_a));
    MAKE(&broker, "milestone", "title", "年中检查", "project", ref(project), "due", "2026-06-30",
         "owner", ref(org_a));
    REFUSED(change(&broker, "project", project, "end", "2026-06-29", &faults, &e),
            "service.invalid");
    assert_int_equal(faults.n, 1);
    assert_string_equal(faults.p[0].key, "project.milestone");
    assert_int_equal(faults.p[0].field, field_find(kind_of("project"), STR("end")));
    assert_true(str_eq(faults.p[0].detail, STR("年中检查")));
    REFUSED(change(&broker, "project", project, "start", "2026-07-01", &faults, &e),
            "service.invalid");
    assert_int_equal(faults.p[0].field, field_find(kind_of("project"), STR("start")));
    OK(change(&broker, "project", project, "end", "2026-06-30", &faults, &e));
    OK(change(&broker, "project", project, "risks", "进度偏紧", &faults, &e));
    vec_free(&faults);
}

/* Its light follows from its state as well: a date that is typed, or was left there when it came
 * back, makes nothing green. */
static void what_came_back_is_not_green(void **unused)
{
    (void)unused;
    vec_fault faults = {0};
    int64_t project =
        MAKE(&broker, "project", "title", "退回项目", "type", "attack", "stage", "s1", "start",
             day_text(today() - 90), "end", day_text(today() + 90), "owner", ref(org_a));
    int64_t id = MAKE(&broker, "milestone", "title", "样机", "project", ref(project), "due",
                      day_text(today() - 1), "owner", ref(org_a), "done", day_text(today() - 2));
    struct rec r = get_rec("milestone", id);
    assert_string_equal(text_value(&r, "light"), "red");
    STEP_WITH(&broker, "milestone", id, "deliver", "evidence", "照片");
    r = get_rec("milestone", id);
    assert_string_equal(text_value(&r, "light"), "green");
    OK(step_as(&broker, "milestone", id, "return", "数据不全", "", &e));
    r = get_rec("milestone", id);
    assert_string_equal(text_value(&r, "light"), "red");
    STEP_WITH(&broker, "milestone", id, "deliver", "done", day_text(today()));
    r = get_rec("milestone", id);
    assert_string_equal(text_value(&r, "light"), "made_up");
    id = MAKE(&broker, "commitment", "title", "只填日期", "debtor", ref(org_a), "owner_name",
              "王五", "due", day_text(today() - 1), "owner", ref(org_a));
    OK(change(&broker, "commitment", id, "done", day_text(today() - 3), &faults, &e));
    r = get_rec("commitment", id);
    assert_string_equal(text_value(&r, "light"), "red");
    vec_free(&faults);
}

/* The items and weights are those of the sheet that it names; a sheet that changes later leaves
 * what was assessed by it. The subject is of a kind that can be assessed. */
static void an_assessment_is_by_its_sheet(void **unused)
{
    (void)unused;
    vec_fault faults = {0};
    int64_t id;
    int64_t project = MAKE(&broker, "project", "title", "考核项目", "type", "attack", "stage", "s1",
                           "start", "2026-01-01", "end", "2026-12-31", "owner", ref(org_a));
    int64_t sheet = MAKE(&broker, "scoresheet", "title", "项目评分表", "subjects", "project",
                         "items", "攻关|60|\n到岗|40|");
    const char *other[] = {
        "title",    "年度考核", "subject",  ref(project), "period",
        "2027",     "sheet",    ref(sheet), "items",      "攻关|50|80|\n到岗|50|90|",
        "assessor", "甲",       "owner",    ref(org_a),   NULL};
    REFUSED(make_as(&broker, "assessment", &id, &faults, &e, other), "service.invalid");
    assert_int_equal(faults.n, 1);
    assert_string_equal(faults.p[0].key, "assessment.sheet");
    assert_int_equal(faults.p[0].field, field_find(kind_of("assessment"), STR("items")));
    id = MAKE(&broker, "assessment", "title", "年度考核", "subject", ref(project), "period", "2027",
              "sheet", ref(sheet), "items", "到岗|40|90|\n攻关|60|80|", "assessor", "甲",
              "proposal", "pass", "owner", ref(org_a));
    OK(change(&broker, "scoresheet", sheet, "items", "攻关|70|\n到岗|30|", &faults, &e));
    STEP(&broker, "assessment", id, "submit");
    const char *wrong[] = {"title", "考核一家单位", "subject",  ref(org_a), "period", "2027",
                           "items", "攻关|100|80|", "assessor", "甲",       "owner",  ref(org_a),
                           NULL};
    faults.n = 0;
    REFUSED(make_as(&broker, "assessment", &id, &faults, &e, wrong), "service.invalid");
    assert_string_equal(faults.p[0].key, "field.ref_kind");
    vec_free(&faults);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(a_project_keeps_its_milestones_inside),
        cmocka_unit_test(what_came_back_is_not_green),
        cmocka_unit_test(an_assessment_is_by_its_sheet),
    };
    return cmocka_run_group_tests(all, up, site_close_all);
}

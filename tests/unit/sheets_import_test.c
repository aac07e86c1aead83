/* Files in: what people give, what the dry run says of each row, and that all of it is written or
 * nothing. */
#define _GNU_SOURCE
#include "sheets_help.h"

#include "sheet/sheet_out.h"

/* ---- what is recognised ---- */

static void rows_are_new_changed_same_wrong(void **state)
{
    (void)state;
    int64_t kept = MAKE(&actor_system, "need", "title", "不变的", "trl", "5", "owner", "甲公司");
    int64_t changed = MAKE(&actor_system, "need", "title", "要改的", "trl", "5", "owner", "甲公司");
    const char *file =
        written("a.csv", "需求名称*,期望成熟度,所属单位\n"
                         "新来的,6,乙大学\n要改的,7,甲公司\n不变的,5,甲公司\n错的,甲级,甲公司\n");
    struct import *i = opened(&actor_system, "need", file);
    assert_counts(i, 1, 1, 1, 1);
    assert_int_equal(import_row(i, 0).state, ROW_NEW);
    struct import_row r = import_row(i, 1);
    assert_int_equal(r.id, changed);
    assert_int_equal(r.n_changes, 1);
    assert_int_equal(r.change[0].before->num, 5);
    assert_int_equal(r.change[0].after->num, 7);
    assert_int_equal(import_row(i, 2).id, kept);
    r = import_row(i, 3);
    assert_int_equal(r.row, 5);
    assert_true(str_eq(r.title, STR("错的")));
    assert_int_equal(fault_in(i, 3, "field.int_of"), 2);
    /* one wrong row: nothing is written */
    uint64_t before = count_of("need");
    REFUSED(import_apply(i, NULL, NULL, &e), "import.wrong");
    import_close(i);
    assert_int_equal(count_of("need"), before);
    struct rec left = rec_of("need", changed);
    assert_int_equal(val_of(&left, "trl")->num, 5);
}

/* 面议, 待定, a dash: no value, and no mistake either; in a text they are the text. */
static void words_for_no_value(void **state)
{
    (void)state;
    import_all(&actor_system, "need",
               written("a.csv", "需求名称,预算,期望解决日期,期望成熟度,联系人,联系电话,所属单位\n"
                                "没有值甲,面议,待定,/,无,——,甲公司\n"));
    struct rec r = rec_of("need", titled("need", "没有值甲"));
    assert_false(val_of(&r, "budget")->set);
    assert_false(val_of(&r, "deadline")->set);
    assert_false(val_of(&r, "trl")->set);
    assert_false(val_of(&r, "phone")->set);
    assert_true(str_eq(val_of(&r, "contact")->text, STR("无")));
}

static void all_of_it_is_written(void **state)
{
    (void)state;
    const char *file =
        written("a.csv", "需求名称,期望成熟度,所属单位,公开程度,关键词\n"
                         "写入甲,６,甲公司,脱敏,电机；降噪\n写入乙,TRL 7,乙大学,保密,\n");
    import_all(&actor_system, "need", file);
    struct rec a = rec_of("need", titled("need", "写入甲"));
    struct rec b = rec_of("need", titled("need", "写入乙"));
    assert_int_equal(val_of(&a, "trl")->num, 6);
    assert_int_equal(a.org, org_a);
    assert_int_equal(a.secrecy, SECRECY_MASKED);
    assert_int_equal(val_of(&a, "keywords")->list.n, 2);
    assert_int_equal(val_of(&b, "trl")->num, 7);
    assert_int_equal(b.secrecy, SECRECY_PRIVATE);
    assert_int_equal(a.version, 1);
    /* once more: nothing to do, and no new version */
    struct import *i = opened(&actor_system, "need", file);
    assert_counts(i, 0, 0, 2, 0);
    OK(import_apply(i, NULL, NULL, &e));
    import_close(i);
    assert_int_equal(rec_of("need", a.id).version, 1);
}

static void trail_names_the_file(void **state)
{
    (void)state;
    vec_event events = {0};
    import_all(&actor_system, "need", written("a.csv", "需求名称,所属单位\n有来历的,甲公司\n"));
    int64_t id = titled("need", "有来历的");
    OK(record_history(site, &actor_system, kind_of("need"), id, &mem, &events, &e));
    assert_int_equal(events.n, 1);
    assert_true(str_eq(events.p[0].entry.action, STR("import")));
    assert_true(str_eq(events.p[0].entry.comment, STR("a.csv#2")));
    events_free(&events);
}

static void known_by_id_unique_title(void **state)
{
    (void)state;
    int64_t id = MAKE(&actor_system, "org", "name", "有代码的", "type", "company", "credit",
                      "91350100M000100Y43");
    char text[400];
    snprintf(text, sizeof text, "编号,单位名称,单位类型,统一社会信用代码\n#%lld,改了名的,企业,\n",
             (long long)id);
    struct import *i = opened(&actor_system, "org", written("a.csv", text));
    assert_counts(i, 0, 1, 0, 0);
    assert_int_equal(import_row(i, 0).n_changes, 2); /* the code is blank: unset */
    import_close(i);
    i = opened(&actor_system, "org",
               written("a.csv", "Name,Credit code\n另一个名,91350100m000100y43\n"));
    assert_int_equal(import_row(i, 0).id, id);
    assert_int_equal(import_row(i, 0).n_changes, 1);
    import_close(i);
    /* the same name, another code: another organisation, which the unique name forbids */
    i = opened(&actor_system, "org", written("a.csv", "name,staff\n有代码的,12\n"));
    assert_int_equal(import_row(i, 0).id, id);
    import_close(i);
    i = opened(&actor_system, "org", written("a.csv", "编号,单位名称\n99999,没有的\nabc,也没有\n"));
    assert_counts(i, 0, 0, 0, 2);
    assert_int_equal(fault_in(i, 0, "import.no_id"), 1);
    assert_int_equal(fault_in(i, 1, "import.id"), 1);
    import_close(i);
}

static void title_within_the_owner(void **state)
{
    (void)state;
    int64_t a = MAKE(&actor_system, "need", "title", "同名", "owner", "甲公司");
    int64_t b = MAKE(&actor_system, "need", "title", "同名", "owner", "乙大学");
    struct import *i =
        opened(&actor_system, "need",
               written("a.csv", "需求名称,所属单位,期望成熟度\n同名,甲公司,1\n同名,乙大学,2\n"));
    assert_int_equal(import_row(i, 0).id, a);
    assert_int_equal(import_row(i, 1).id, b);
    import_close(i);
    i = opened(&actor_system, "need", written("a.csv", "需求名称,期望成熟度\n同名,1\n"));
    assert_int_equal(fault_in(i, 0, "import.many"), 1);
    import_close(i);
}

static void the_same_twice(void **state)
{
    (void)state;
    struct import *i =
        opened(&actor_system, "need",
               written("a.csv", "需求名称,所属单位\n重复的,甲公司\n别的,甲公司\n重复的,甲公司\n"));
    assert_counts(i, 2, 0, 0, 1);
    fault_in(i, 2, "import.twice");
    assert_true(str_eq(import_row(i, 2).fault[0].detail, STR("2")));
    import_close(i);
    i = opened(&actor_system, "probe", written("a.csv", "名称,编码\n甲,X-1\n乙,X-1\n"));
    assert_counts(i, 1, 0, 0, 1);
    fault_in(i, 1, "import.twice");
    import_close(i);
}

/* ---- ordinary input ---- */

static void banners_charsets_numbers(void **state)
{
    (void)state;
    struct buf gbk;
    /* GB18030: 需求名称,期望成熟度 / 国标,６ below a banner */
    static const char bytes[] = "\xC4\xB3\xCA\xD0\xD0\xE8\xC7\xF3\xB1\xED,\r\n"
                                "\xD0\xE8\xC7\xF3\xC3\xFB\xB3\xC6,"
                                "\xC6\xDA\xCD\xFB\xB3\xC9\xCA\xEC\xB6\xC8\r\n"
                                "\xB9\xFA\xB1\xEA,\xA3\xB6\r\n";
    buf_init(&gbk, 1000);
    OK(buf_put(&gbk, bytes, sizeof bytes - 1, &e));
    write_file("a.csv", buf_view(&gbk));
    buf_free(&gbk);
    import_all(&actor_system, "need", path_in("a.csv"));
    struct rec r = rec_of("need", titled("need", "国标"));
    assert_int_equal(val_of(&r, "trl")->num, 6);
}

static void put_row(struct sheet_out *o, uint32_t s, const char *a, double b, const char *c)
{
    OK(sheet_out_row(o, s, NULL, &e));
    OK(sheet_out_text(o, s, 0, str_of(a), &e));
    if (c)
        OK(sheet_out_text(o, s, 1, str_of(c), &e));
    else
        OK(sheet_out_number(o, s, 1, b, &e));
}

static void dates_as_numbers(void **state)
{
    (void)state;
    struct sheet_out *o;
    uint32_t s;
    OK(sheet_out_open(&o, path_in("a.xlsx"), &e));
    OK(sheet_out_bare(o, STR("表"), 2, &s, &e));
    put_row(o, s, "2026年需求汇总", 0, "");
    put_row(o, s, "需求名称（必填）", 0, "期望解决日期");
    put_row(o, s, "整数日期", 46387, NULL);
    put_row(o, s, "文字日期", 0, "2026年12月31日");
    put_row(o, s, "点号日期", 0, "2026.12.31");
    OK(sheet_out_close(o, &e));
    import_all(&actor_system, "need", path_in("a.xlsx"));
    static const char *const names[] = {"整数日期", "文字日期", "点号日期"};
    for (size_t i = 0; i < 3; i++) {
        struct rec r = rec_of("need", titled("need", names[i]));
        assert_int_equal(val_of(&r, "deadline")->num, days_of(2026, 12, 31));
    }
}

static void units_of_the_header(void **state)
{
    (void)state;
    import_all(&actor_system, "need",
               written("a.csv", "需求名称,预算（万元）\n万元的,1.5\n写明的,３亿元\n"));
    struct rec r = rec_of("need", titled("need", "万元的"));
    assert_int_equal(val_of(&r, "budget")->num, 1500000);
    r = rec_of("need", titled("need", "写明的"));
    assert_int_equal(val_of(&r, "budget")->num, 30000000000);
}

static void codes_as_people_write_them(void **state)
{
    (void)state;
    import_all(&actor_system, "need",
               written("a.csv", "需求名称,所属行业,合作方式,技术指标\n"
                                "按代码,C38,委托开发；合作开发,噪声|≤|65||dB|是；效率|ge|95\n"
                                "按名称,电气机械和器材制造业,委托开发、合作开发,\n"
                                "两样都写,C38 电气机械和器材制造业,委托开发,\n"));
    static const char *const names[] = {"按代码", "按名称", "两样都写"};
    for (size_t i = 0; i < 3; i++) {
        struct rec r = rec_of("need", titled("need", names[i]));
        assert_true(str_eq(val_of(&r, "industry")->text, STR("C38")));
        assert_int_equal(val_of(&r, "coop")->list.n, i == 2 ? 1 : 2);
    }
    struct rec r = rec_of("need", titled("need", "按代码"));
    assert_int_equal(val_of(&r, "targets")->list.n, 2);
}

static void lines_of_json(void **state)
{
    (void)state;
    struct import *i =
        opened(&actor_system, "need",
               written("a.jsonl", "{\"title\":\"一行\",\"trl\":6,\"coop\":[\"委托开发\"]}\n"
                                  "这不是\n{\"title\":\"二行\",\"masked.body\":\"遮\"}\n"));
    assert_counts(i, 2, 0, 0, 1);
    fault_in(i, 1, "sheet.row_not_json");
    assert_int_equal(import_row(i, 1).row, 2);
    import_close(i);
}

static void places_as_people_write_them(void **state)
{
    (void)state;
    static const char *const places[][2] = {
        {"浙江省绍兴市", "330600"}, {"浙江绍兴", "330600"}, {"绍兴", "330600"},
        {"北京市朝阳区", "110105"}, {"内蒙古", "150000"},   {"吉林", "220000"},
    };
    for (size_t p = 0; p < ARRAY_LEN(places); p++) {
        char file[200];
        snprintf(file, sizeof file, "需求名称,实施地区\n地名%zu,%s\n", p, places[p][0]);
        import_all(&actor_system, "need", written("a.csv", file));
        snprintf(file, sizeof file, "地名%zu", p);
        struct rec r = rec_of("need", titled("need", file));
        if (!str_eq(val_of(&r, "region")->text, str_of(places[p][1])))
            fail_msg("%s", places[p][0]);
    }
    static const char *const no_places[] = {"朝阳", "上海市绍兴市", "某绍兴市", "市"};
    for (size_t p = 0; p < ARRAY_LEN(no_places); p++) {
        char file[200];
        snprintf(file, sizeof file, "需求名称,实施地区\n哪里,%s\n", no_places[p]);
        struct import *i = opened(&actor_system, "need", written("a.csv", file));
        assert_counts(i, 0, 0, 0, 1);
        import_close(i);
    }
}

/* Names of columns that offices use; our own word takes the column, and a total is no row. */
static void columns_as_offices_name_them(void **state)
{
    (void)state;
    const struct str *header;
    import_all(&actor_system, "need",
               written("a.csv", "序号,技术难题名称,技术难题描述,企业名称,所在地区\n"
                                "1,别处的叫法,内容在此,甲公司,绍兴市\n合计,,,,\n"));
    struct rec r = rec_of("need", titled("need", "别处的叫法"));
    assert_int_equal(r.org, org_a);
    assert_true(str_eq(val_of(&r, "body")->text, STR("内容在此")));
    assert_true(str_eq(val_of(&r, "region")->text, STR("330600")));
    struct import *i = opened(&actor_system, "need",
                              written("a.csv", "题目,需求名称,需求内容\n甲,我们的叫法,内容\n"));
    assert_int_equal(import_unknown(i, &header), 1);
    assert_true(str_eq(header[0], STR("题目")));
    assert_true(str_eq(import_row(i, 0).title, STR("我们的叫法")));
    import_close(i);
}

static void unknown_columns_are_told(void **state)
{
    (void)state;
    const struct str *header;
    struct import *i =
        opened(&actor_system, "need", written("a.csv", "需求名称,颜色,气味\n带颜色的,红,香\n"));
    assert_int_equal(import_unknown(i, &header), 2);
    assert_true(str_eq(header[0], STR("颜色")));
    assert_true(str_eq(header[1], STR("气味")));
    import_close(i);
}

static void files_that_are_none(void **state)
{
    (void)state;
    struct import *i = NULL;
    REFUSED(import_open(&i, site, &actor_system, kind_of("need"),
                        written("a.xlsx", "PK\x03\x04 and then nothing"), NULL, NULL, &e),
            "sheet.damaged");
    REFUSED(import_open(&i, site, &actor_system, kind_of("need"),
                        written("a.csv", "颜色,气味\n红,香\n"), NULL, NULL, &e),
            "import.no_header");
    REFUSED(import_open(&i, site, &actor_system, kind_of("need"), written("a.csv", "需求名称\n"),
                        NULL, NULL, &e),
            "import.no_rows");
    REFUSED(
        import_open(&i, site, &actor_system, kind_of("need"), written("a.csv", ""), NULL, NULL, &e),
        "sheet.empty");
}

/* ---- references ---- */

static void refs_of_the_same_file(void **state)
{
    (void)state;
    const char *file =
        written("a.csv", "单位名称,单位类型,上级单位\n"
                         "丙学院实验室,高校,丙学院\n丙学院,高校,丙大学\n丙大学,高校,\n");
    import_all(&actor_system, "org", file);
    struct rec lab = rec_of("org", titled("org", "丙学院实验室"));
    struct rec college = rec_of("org", titled("org", "丙学院"));
    assert_int_equal(val_of(&lab, "parent")->num, college.id);
    assert_int_equal(val_of(&college, "parent")->num, titled("org", "丙大学"));
    struct import *i = opened(&actor_system, "org", file);
    assert_counts(i, 0, 0, 3, 0);
    import_close(i);
    i = opened(&actor_system, "org",
               written("a.csv", "单位名称,单位类型,上级单位\n环一,高校,环二\n环二,高校,环一\n"));
    assert_int_equal(import_count(i, ROW_WRONG), 1);
    REFUSED(import_apply(i, NULL, NULL, &e), "import.wrong");
    import_close(i);
}

static void refs_by_every_name(void **state)
{
    (void)state;
    char text[400];
    int64_t id = MAKE(&actor_system, "org", "name", "有逗号、的单位", "type", "university",
                      "credit", "91310115MA1K3A8N30");
    snprintf(text, sizeof text,
             "姓名,所在单位,所属单位\n王一,有逗号、的单位；甲公司,甲公司\n王二,91310115MA1K3A8N30,"
             "甲公司\n"
             "王三,#%lld,甲公司\n王四,别处的名字 #%lld,甲公司\n王五,甲公司 #%lld,甲公司\n",
             (long long)id, (long long)id, (long long)id);
    struct import *i = opened(&actor_system, "person", written("a.csv", text));
    assert_counts(i, 4, 0, 0, 1);
    fault_in(i, 3, "import.ref_none"); /* the name denies the id */
    import_close(i);
    char *wrong = strstr(text, "王四");
    char *next = strstr(text, "王五");
    memmove(wrong, next, strlen(next) + 1);
    import_all(&actor_system, "person", written("a.csv", text));
    struct rec r = rec_of("person", titled("person", "王一"));
    assert_int_equal(val_of(&r, "units")->list.n, 2);
    assert_int_equal(val_of(&r, "units")->list.item[0].num, id);
    r = rec_of("person", titled("person", "王五")); /* the id of another site: the name decides */
    assert_int_equal(val_of(&r, "units")->list.item[0].num, org_a);
}

/* ---- who may ---- */

static void rights_hold_in_files(void **state)
{
    (void)state;
    struct actor editor = actor(ROLE_EDITOR, org_a), member = actor(ROLE_MEMBER, org_a);
    struct import *i = NULL;
    int64_t other =
        MAKE(&actor_system, "result", "title", "别家成果", "body", "公开的内容", "owner", "乙大学");
    REFUSED(import_open(&i, site, &actor_visitor, kind_of("result"),
                        written("a.csv", "成果名称\n甲\n"), NULL, NULL, &e),
            "service.denied");
    REFUSED(import_open(&i, site, &member, kind_of("result"), path_in("a.csv"), NULL, NULL, &e),
            "service.denied");
    char text[300];
    snprintf(text, sizeof text,
             "编号,成果名称,成果简介,所属单位\n%lld,别家成果改,公开的内容,\n,自家成果,内容,\n"
             ",冒名成果,内容,乙大学\n",
             (long long)other);
    i = opened(&editor, "result", written("a.csv", text));
    assert_counts(i, 1, 0, 0, 2);
    fault_in(i, 0, "import.denied");
    assert_int_equal(fault_in(i, 2, "import.owner_other"), 4);
    import_close(i);
    import_all(&editor, "result", written("a.csv", "成果名称,成果简介\n自家成果,内容\n"));
    assert_int_equal(rec_of("result", titled("result", "自家成果")).org, org_a);
}

static void states_need_steps(void **state)
{
    (void)state;
    struct actor broker = actor(ROLE_BROKER, 0);
    struct import_options o = {.states = true};
    struct import *i = NULL;
    const char *file = written("a.csv", "需求名称,状态\n已发布的,已发布\n没这状态,飞了\n");
    i = opened(&broker, "need", file);
    assert_int_equal(fault_in(i, 0, "import.state_step"), 2);
    assert_int_equal(fault_in(i, 1, "import.state_unknown"), 2);
    import_close(i);
    OK(import_open_with(&i, site, &broker, kind_of("need"), file, &o, NULL, NULL, &e));
    fault_in(i, 0, "import.state_step"); /* the option is the system's */
    import_close(i);
    file = written("a.csv", "需求名称,状态\n已发布的,open\n");
    OK(import_open_with(&i, site, &actor_system, kind_of("need"), file, &o, NULL, NULL, &e));
    OK(import_apply(i, NULL, NULL, &e));
    import_close(i);
    struct rec r = rec_of("need", titled("need", "已发布的"));
    assert_int_equal(r.state, state_find(r.kind, STR("open")));
    assert_int_equal(r.since, clock_now);
}

/* ---- blanks ---- */

static void blanks_unset_but_no_secrets(void **state)
{
    (void)state;
    int64_t id = MAKE(&actor_system, "need", "title", "有值的", "budget", "50万元", "trl", "5",
                      "region", "110108", "owner", "甲公司");
    struct import *i =
        opened(&actor_system, "need",
               written("a.csv", "需求名称,预算,期望成熟度,所属单位\n有值的,,,甲公司\n"));
    assert_counts(i, 0, 1, 0, 0);
    OK(import_apply(i, NULL, NULL, &e));
    import_close(i);
    struct rec r = rec_of("need", id);
    assert_true(val_of(&r, "budget")->set); /* private: whoever was not shown it leaves it blank */
    assert_false(val_of(&r, "trl")->set);
    assert_true(val_of(&r, "region")->set); /* no such column */
    import_all(&actor_system, "need",
               written("a.csv", "需求名称,预算,所属单位\n有值的,（空）,甲公司\n"));
    r = rec_of("need", id);
    assert_false(val_of(&r, "budget")->set);
}

/* ---- between the dry run and the write ---- */

static void changed_meanwhile(void **state)
{
    (void)state;
    int64_t id = MAKE(&actor_system, "need", "title", "有人在改", "trl", "1", "owner", "甲公司");
    struct import *i = opened(
        &actor_system, "need",
        written("a.csv", "需求名称,期望成熟度,所属单位\n顺带新建,2,甲公司\n有人在改,2,甲公司\n"));
    vec_fault faults = {0};
    struct rec r = rec_of("need", id);
    struct typed t = {STR("trl"), STR("9")};
    OK(record_fill(site, &actor_system, &r, &t, 1, &mem, &faults, &e));
    OK(record_save(site, &actor_system, &r, STR(""), &mem, &faults, &e));
    struct err e = {0};
    assert_int_equal(import_apply(i, NULL, NULL, &e), RC_USER);
    assert_string_equal(e.key, "import.changed");
    assert_int_equal(e.row, 3);
    import_close(i);
    assert_int_equal(titled("need", "顺带新建"), 0); /* its row was right, and is not written */
    r = rec_of("need", id);
    assert_int_equal(val_of(&r, "trl")->num, 9);
    vec_free(&faults);
}

static void prints_tell_dry_runs_apart(void **state)
{
    (void)state;
    const char *file = written("a.csv", "需求名称,期望成熟度,所属单位\n印记,2,甲公司\n");
    struct import *a = opened(&actor_system, "need", file),
                  *b = opened(&actor_system, "need", file);
    assert_true(import_print(a) == import_print(b));
    OK(import_apply(a, NULL, NULL, &e));
    import_close(a);
    a = opened(&actor_system, "need", file);
    assert_true(import_print(a) != import_print(b));
    import_close(a);
    import_close(b);
}

struct watching {
    double last;
    unsigned calls, stop_at;
    const char *stage;
};

static enum rc watch(void *ctx, const char *stage, double done, struct err *e)
{
    struct watching *w = ctx;
    if (!w->stage || strcmp(w->stage, stage) != 0)
        w->last = 0;
    w->stage = stage;
    assert_true(done >= w->last && done <= 1);
    w->last = done;
    return ++w->calls == w->stop_at ? err_cancelled(e) : RC_OK;
}

static void ten_thousand_rows(void **state)
{
    (void)state;
    struct buf b;
    struct import *i = NULL;
    struct watching w = {0};
    struct err e;
    buf_init(&b, 8u << 20);
    OK(buf_str(&b, STR("需求名称,期望成熟度,所属单位\n"), &e));
    for (unsigned n = 0; n < 10000; n++)
        OK(buf_printf(&b, &e, "一万之 %u,%u,甲公司\n", n, 1 + n % 9));
    write_file("b.csv", buf_view(&b));
    buf_free(&b);
    uint64_t before = count_of("need");
    OK(import_open(&i, site, &actor_system, kind_of("need"), path_in("b.csv"), watch, &w, &e));
    assert_counts(i, 10000, 0, 0, 0);
    assert_true(w.calls > 100);
    w = (struct watching){.stop_at = 100};
    assert_int_equal(import_apply(i, watch, &w, &e), RC_CANCELLED);
    assert_int_equal(count_of("need"), before);
    w = (struct watching){0};
    OK(import_apply(i, watch, &w, &e)); /* after a stop it can be begun again */
    import_close(i);
    assert_int_equal(count_of("need"), before + 10000);
}

/* ---- the returned sheet ---- */

static void returned_sheet_says_what_is_wrong(void **state)
{
    (void)state;
    struct import *i =
        opened(&actor_system, "need",
               written("a.csv", "某市汇总表,,\n需求名称,期望成熟度,所属单位\n"
                                "退回甲,甲级,甲公司\n退回乙,5,没有的\n退回丙,5,甲公司\n"));
    assert_counts(i, 1, 0, 0, 2);
    OK(import_returned(i, true, path_in("r.xlsx"), &e));
    assert_string_equal(
        rows_of(path_in("r.xlsx")),
        "某市汇总表\n需求名称|期望成熟度|所属单位|问题\n"
        "退回甲|甲级|甲公司|B 列 期望成熟度：“甲级”不在 1～9 之内，请填写这个范围内的整数\n"
        "退回乙|5|没有的|C 列 所属单位：没有叫“没有的”的记录；请先新建，或改成已有的名称或 "
        "#编号\n退回丙|5|甲公司\n");
    import_close(i);
    /* and can be given again */
    const struct str *header;
    i = opened(&actor_system, "need", path_in("r.xlsx"));
    assert_counts(i, 1, 0, 0, 2);
    assert_int_equal(import_unknown(i, &header), 0);
    OK(import_returned(i, false, path_in("a.xlsx"), &e));
    assert_non_null(strstr(rows_of(path_in("a.xlsx")), "所属单位|Problems\n"));
    import_close(i);
}

/* ---- to another site ---- */

/* Cells that no record is there to compare with are read for what they say: exported without ids,
 * with their titles changed, imported as new ones, exported again. */
static void cells_are_read_as_they_were_written(void **state)
{
    (void)state;
    struct str columns = STR("title,body,keywords,industry,region,targets,trl,coop,budget,deadline,"
                             "raw,owner,secrecy");
    const struct kind *k = kind_of("need");
    for (unsigned n = 0; n < 20; n++) {
        struct rec r;
        vec_fault faults = {0};
        OK(rec_new(&r, k, &mem, &e));
        for (uint32_t f = 0; f < k->n_fields; f++)
            if (k->field[f].type != TYPE_FILE)
                OK(fill_val(&r.val[f], &k->field[f], 5 * n + f, false, 0, &e));
        r.org = org_b;
        r.secrecy = (enum secrecy)(n % 3);
        char *title = arena_alloc(&mem, 20);
        int length = snprintf(title, 20, "抄本%u", n);
        r.val[k->title].text = (struct str){title, (size_t)length};
        OK(record_save(site, &actor_system, &r, STR(""), &mem, &faults, &e));
        vec_free(&faults);
    }
    struct export_request r = {.list = {.kind = k, .sort = STR("id")},
                               .columns = columns,
                               .format = EXPORT_CSV,
                               .zh = true};
    char filter[80];
    snprintf(filter, sizeof filter, "title contains 抄本 and owner = %lld", (long long)org_b);
    r.list.filter = str_of(filter);
    OK(sheet_export(site, &actor_system, &r, path_in("a.csv"), &e));
    /* the copies are called 副本 and belong to the other one */
    struct str text = slurped(path_in("a.csv"));
    char *at = (char *)text.p;
    while ((at = strstr(at, "抄本")))
        memcpy(at, "副本", 6);
    write_file("b.csv", text);
    import_all(&actor_system, "need", path_in("b.csv"));
    memcpy(strstr(filter, "抄本"), "副本", 6);
    OK(sheet_export(site, &actor_system, &r, path_in("a.csv"), &e));
    struct str again = slurped(path_in("a.csv"));
    assert_string_equal(again.p, text.p);
    assert_non_null(strstr(text.p, "副本19"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_new_changed_same_wrong),
        cmocka_unit_test(words_for_no_value),
        cmocka_unit_test(all_of_it_is_written),
        cmocka_unit_test(trail_names_the_file),
        cmocka_unit_test(known_by_id_unique_title),
        cmocka_unit_test(title_within_the_owner),
        cmocka_unit_test(the_same_twice),
        cmocka_unit_test(banners_charsets_numbers),
        cmocka_unit_test(dates_as_numbers),
        cmocka_unit_test(units_of_the_header),
        cmocka_unit_test(codes_as_people_write_them),
        cmocka_unit_test(lines_of_json),
        cmocka_unit_test(places_as_people_write_them),
        cmocka_unit_test(columns_as_offices_name_them),
        cmocka_unit_test(unknown_columns_are_told),
        cmocka_unit_test(files_that_are_none),
        cmocka_unit_test(refs_of_the_same_file),
        cmocka_unit_test(refs_by_every_name),
        cmocka_unit_test(rights_hold_in_files),
        cmocka_unit_test(states_need_steps),
        cmocka_unit_test(blanks_unset_but_no_secrets),
        cmocka_unit_test(changed_meanwhile),
        cmocka_unit_test(prints_tell_dry_runs_apart),
        cmocka_unit_test(returned_sheet_says_what_is_wrong),
        cmocka_unit_test(cells_are_read_as_they_were_written),
        cmocka_unit_test(ten_thousand_rows),
    };
    return cmocka_run_group_tests(tests, sheets_open_all, sheets_close_all);
}

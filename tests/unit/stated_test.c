/* What is asked for and what is only told, and the names that go with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/embed.h"
#include "record/yaml.h"
#include "text/quantity.h"

static struct arena arena;
static struct units *units;

static int load(void **state)
{
    (void)state;
    struct node *table = NULL;
    for (const struct embedded *f = model_files; f->name; f++)
        if (strcmp(f->name, "model/units.yaml") == 0 &&
            yaml_parse(&table, (struct str){(const char *)f->bytes, f->n}, f->name, &arena, NULL))
            return -1;
    return table && units_init(&units, table, NULL) == RC_OK ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    units_free(units);
    arena_free(&arena);
    return 0;
}

struct sample {
    const char *text, *expected; /* "A35%; P20mm": A(sked), P(resent), O(thers), C(ondition) */
};

static struct vec_quantity read_text(const char *text)
{
    struct vec_quantity v = {0};
    assert_int_equal(quantities_read(&v, str_of(text), units, NULL), RC_OK);
    return v;
}

static void print_stated(struct buf *to, const struct quantity *q, struct str text)
{
    struct str value = span_str(text, q->value);
    assert_int_equal(buf_printf(to, NULL, "%s%c%.*s", to->n ? "; " : "", "APOC"[q->stated],
                                (int)value.n, value.p),
                     RC_OK);
}

static void print_name(struct buf *to, const struct quantity *q, struct str text)
{
    struct str name = span_str(text, q->name);
    assert_int_equal(
        buf_printf(to, NULL, "%s%.*s", to->n ? "; " : "", (int)name.n, name.p ? name.p : ""),
        RC_OK);
}

static void check(const struct sample *s, size_t n,
                  void (*print)(struct buf *, const struct quantity *, struct str))
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        struct vec_quantity v = read_text(s[i].text);
        struct buf got;
        buf_init(&got, 1 << 16);
        for (size_t k = 0; k < v.n; k++)
            print(&got, &v.p[k], str_of(s[i].text));
        if (!str_eq(buf_view(&got), str_of(s[i].expected))) {
            wrong++;
            print_message("%s\n  expected %s\n  got      %.*s\n", s[i].text, s[i].expected,
                          (int)got.n, got.n ? (const char *)buf_view(&got).p : "");
        }
        buf_free(&got);
        vec_free(&v);
    }
    assert_int_equal(wrong, 0);
}

static const struct sample chinese[] = {
    /* nothing said: asked */
    {"抗拉强度≥500MPa", "A500MPa"},
    {"能量密度300Wh/kg", "A300Wh/kg"},
    {"1、抗弯强度≥80MPa；2、吸水率≤0.5%", "A80MPa; A0.5%"},
    {"相应的反应时间为20min", "A20min"},
    /* the present */
    {"目前满电膨胀率超过35%，要求控制在25%以内", "P35%; A25%"},
    {"目前满电膨胀率约35%，循环寿命800次，要求循环寿命不低于1500次", "P35%; P800次; A1500次"},
    {"现有设备精度0.05mm", "P0.05mm"},
    {"现有设备精度0.05mm，需提高到0.01mm", "P0.05mm; A0.01mm"},
    {"现产品常温循环一千二百次左右", "P一千二百次"},
    {"变形普遍在0.3毫米上下，希望变形控制在0.1毫米以内", "P0.3毫米; A0.1毫米"},
    {"壁厚只有1.5毫米", "P1.5毫米"},
    {"良品率仅为85%，希望达到95%以上", "P85%; A95%"},
    {"热效率一直达不到90%", "P90%"},
    {"原有工艺能耗为120kWh/t，目标能耗低于80kWh/t", "P120kWh/t; A80kWh/t"},
    {"当前合格率92%，期望合格率提高到98%", "P92%; A98%"},
    {"现阶段成本为30元/kg，应降到20元/kg以下", "P30元/kg; A20元/kg"},
    {"目前产品寿命只能达到3年", "P3年"},
    {"目前已达到500MPa", "P500MPa"},
    {"目前已提高到85%的转化率", "P85%"},
    {"目前容量180mAh/g，达到205mAh/g方可满足客户", "P180mAh/g; A205mAh/g"},
    {"含水率在15%上下浮动", "P15%"},
    {"要解决循环寿命1200次的问题", "P1200次"},
    {"需解决良品率仅80%的难题，良品率达到95%", "P80%; A95%"},
    {"目前需要解决的是良品率只有80%", "P80%"},
    {"我公司年产水泥30万吨", "P30万吨"},
    {"我公司要求水泥强度42.5MPa以上", "A42.5MPa"},
    {"公司占地面积200亩，拟新建厂房面积3000平方米", "P200亩; A3000平方米"},
    {"园区每天排放废水8000吨，希望回用率不低于60%", "P8000吨; A60%"},
    {"目前炉温在900℃。炉温均匀性±5℃", "P900℃; A±5℃"},
    {"目前炉温在900℃，炉温均匀性±5℃", "P900℃; A±5℃"},
    {"目前没有合适的设备，加工精度≤0.01mm", "A0.01mm"},
    {"目前采用人工检测，漏检率5%左右", "P5%"},
    {"目前采用人工检测，漏检率不能超过0.5%", "A0.5%"},
    {"厚度目前为2mm；重量不超过3kg", "P2mm; A3kg"},
    {"现有设备改造后精度0.01mm", "A0.01mm"},
    {"现有产线升级，目标良品率99%", "A99%"},
    {"目前要求抗压强度30MPa", "A30MPa"},
    {"目前的需求：粘度5Pa·s", "A5Pa·s"},
    {"要求在现有基础上成本降低20%", "A20%"},
    {"要求比现有产品强度提高20%", "A20%"},
    {"使用寿命比现有产品延长30%", "A30%"},
    {"希望效率高、每天处理量100吨", "A100吨"},
    {"希望效率高，每天处理量100吨", "A100吨"},
    {"目前良品率90%，但新产品良品率99%", "P90%; A99%"},
    {"膨胀率从35%降到25%以内", "A25%"},
    {"成本由原来的12元降至3元", "A3元"},
    /* an earlier value that the demand contradicts */
    {"满电膨胀率超过35%，掉粉严重。要求满电膨胀率控制在25%以内", "P35%; A25%"},
    {"抗压强度超过35MPa。抗压强度小于60MPa", "A35MPa; A60MPa"},
    {"抗压强度30MPa。要求抗压强度不低于20MPa", "A30MPa; A20MPa"},
    /* others */
    {"国外同类产品寿命可达5年", "O5年"},
    {"进口设备精度0.01mm，要求精度不低于0.02mm", "O0.01mm; A0.02mm"},
    {"竞品能耗为50kWh", "O50kWh"},
    {"行业平均良品率95%", "O95%"},
    {"市售产品粘度为20mPa·s，希望粘度低于10mPa·s", "O20mPa·s; A10mPa·s"},
    {"传统工艺能耗1200kWh", "O1200kWh"},
    {"占地为传统池塘的五分之一，吨水成本0.52元", "A0.52元"},
    {"矿井被水淹没，经济损失高达350亿元", "P350亿元"},
    {"希望续航里程高达800km", "A800km"},
    {"成本低于进口产品30%以上", "A30%"},
    {"能耗比国外产品低30%", "A30%"},
    {"纯度达到进口产品水平，杂质≤0.1%", "A0.1%"},
    /* conditions */
    {"能在露点-40℃的干燥间内操作", "C-40℃"},
    {"要求露点低于-40℃", "A-40℃"},
    {"环境温度40℃，输出功率≥5kW", "C40℃; A5kW"},
    {"容量保持率≥80%（测试温度55℃）", "A80%; C55℃"},
    {"炉膛温度高于800℃时热效率≥90%", "C800℃; A90%"},
};

static const struct sample english[] = {
    {"tensile strength of at least 500 MPa", "A500 MPa"},
    {"The yield is currently 80%, but must reach 95%.", "P80%; A95%"},
    {"At present the noise level is 75 dB. It should be below 60 dB.", "P75 dB; A60 dB"},
    {"The existing line has a capacity of 20 t/h; the new one needs a capacity of 40 t/h",
     "P20 t/h; A40 t/h"},
    {"So far the cycle life is 800 cycles, and we need a cycle life of 1500 cycles",
     "P800 cycles; A1500 cycles"},
    {"Imported sensors have an accuracy of 0.01 mm", "O0.01 mm"},
    {"Competing products reach an efficiency of 92%; our target efficiency is 95%", "O92%; A95%"},
    {"The required thickness is 2 mm", "A2 mm"},
    {"Presently the cost is 30 yuan/kg, the target cost is 20 yuan/kg", "P30 yuan/kg; A20 yuan/kg"},
    {"Today the response time is 50 ms. We want a response time under 10 ms.", "P50 ms; A10 ms"},
    {"weight 5 kg, thickness 3 mm", "A5 kg; A3 mm"},
    {"ambient temperature 40 °C, output power ≥ 5 kW", "C40 °C; A5 kW"},
};

static const struct sample names[] = {
    {"软包电池在45℃下循环一千二百次左右", "循环"},
    {"我司生产镍含量80%以上的材料", "镍含量"},
    {"生产成本≤100元/吨", "生产成本"},
    {"设备的生产效率≥100件/h", "生产效率"},
    {"变形普遍在0.3毫米上下", "变形"},
    {"色度仍在80倍左右", "色度"},
    {"0.1C克容量≥205 mAh/g", "0.1C克容量"},
    {"电池0.1C克容量≥205 mAh/g", "电池0.1C克容量"},
    {"修复速度每小时2万颗以上", "修复速度"},
    {"运行成本不高于每吨0.6元", "运行成本"},
    {"上表面粗糙度≤0.8μm", "上表面粗糙度"},
    {"加热后上表面温度≤60℃", "上表面温度"},
    {"在80℃时内阻≤5mΩ", "内阻"},
    {"5℃后内阻≤5mΩ", "内阻"},
    {"发表中文论文≥2篇", "中文论文"},
    {"循环中容量保持率≥90%", "容量保持率"},
    {"工作时下垂量≤2mm", "下垂量"},
    {"排放浓度≤10mg/L", "排放浓度"},
    {"处理成本较湿法降低20%", "处理成本"},
    {"寿命比同类产品长25%", "寿命"},
    {"信噪比提高20%", "信噪比"},
    {"电极比容量提高20%", "电极比容量"},
    {"厂里每年产生废酸约1200吨", "废酸"},
};

static void test_chinese(void **state)
{
    (void)state;
    check(chinese, ARRAY_LEN(chinese), print_stated);
}

static void test_english(void **state)
{
    (void)state;
    check(english, ARRAY_LEN(english), print_stated);
}

static void test_names(void **state)
{
    (void)state;
    check(names, ARRAY_LEN(names), print_name);
}

/* Only what is asked is judged; of an offer what it reaches, not what others do. */
static const struct {
    const char *need, *offer, *expected;
} pairs[] = {
    {"目前膨胀率超过35%，要求膨胀率控制在25%以内", "膨胀率22%", "M"},
    {"目前膨胀率超过35%，要求膨胀率控制在25%以内", "膨胀率28%", "X"},
    {"现有设备精度0.05mm", "精度0.01mm", ""},
    {"纯度≥99%", "国外产品纯度仅95%，本产品纯度99.5%", "M"},
    {"纯度≥99%", "国外产品纯度99.5%", "-"},
    {"纯度≥99%", "目前纯度已达到99.5%", "M"},
    {"纯度≥99%", "原有纯度为95%。新工艺纯度为99.5%", "M"},
    {"缺陷率≤5%", "缺陷率由原来的12%降至3%", "M"},
};

static void test_pairs(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        struct vec_quantity a = read_text(pairs[i].need), b = read_text(pairs[i].offer);
        struct vec_indicator found = {0};
        char got[8] = "";
        assert_int_equal(indicators_judge(&found, &a, str_of(pairs[i].need), &b,
                                          str_of(pairs[i].offer), units, NULL),
                         RC_OK);
        for (size_t k = 0; k < found.n && k < sizeof got - 1; k++)
            got[k] = found.p[k].offer == INDICATOR_NONE ? '-' : "MX?"[found.p[k].verdict];
        if (strcmp(got, pairs[i].expected) != 0)
            print_message("%s | %s\n", pairs[i].need, pairs[i].offer);
        assert_string_equal(got, pairs[i].expected);
        vec_free(&a);
        vec_free(&b);
        vec_free(&found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chinese),
        cmocka_unit_test(test_english),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_pairs),
    };
    return cmocka_run_group_tests(tests, load, unload);
}

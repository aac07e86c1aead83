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

/* "name >= low dimension; …"; values in the base unit of the dimension. */
static void print_one(struct buf *to, const struct quantity *q, struct str text)
{
    static const char *const signs[] = {"=", ">=", ">", "<=", "<", "~", "in", "+-"};
    struct str name = span_str(text, q->name);
    struct str unit = q->unit ? q->unit->dimension->name : STR("-");
    enum rc rc =
        buf_printf(to, NULL, "%s%.*s%s %s ", to->n ? "; " : "", (int)name.n, name.p ? name.p : "",
                   q->change > 0   ? " up"
                   : q->change < 0 ? " down"
                                   : "",
                   signs[q->compare]);
    bool both = q->low != q->high && q->low > -1e300 && q->high < 1e300;
    double one = q->low > -1e300 ? q->low : q->high;
    if (both)
        rc |= buf_printf(to, NULL, "%.6g..%.6g ", q->low, q->high);
    else
        rc |= buf_printf(to, NULL, "%.6g ", one);
    rc |= buf_printf(to, NULL, "%.*s", (int)unit.n, unit.p);
    if (q->per)
        rc |= buf_printf(to, NULL, "/%.*s", (int)q->per->dimension->name.n,
                         q->per->dimension->name.p);
    assert_int_equal(rc, RC_OK);
}

static struct vec_quantity read_text(struct str text)
{
    struct vec_quantity v = {0};
    assert_int_equal(quantities_read(&v, text, units, NULL), RC_OK);
    return v;
}

struct reading_case {
    const char *text, *expected;
};

static void check_readings(const struct reading_case *cases, size_t n)
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        struct str text = str_of(cases[i].text);
        struct vec_quantity v = read_text(text);
        struct buf got;
        buf_init(&got, 1 << 16);
        for (size_t k = 0; k < v.n; k++)
            print_one(&got, &v.p[k], text);
        if (!str_eq(buf_view(&got), str_of(cases[i].expected))) {
            wrong++;
            print_message("%s\n  expected %s\n  got      %s\n", cases[i].text, cases[i].expected,
                          got.p ? got.p : "");
        }
        buf_free(&got);
        vec_free(&v);
    }
    assert_int_equal(wrong, 0);
}

static const struct reading_case chinese[] = {
    {"堆积密度≥1.80 g/cm³", "堆积密度 >= 1800 density"},
    {"堆积密度达到1.92g/cm³", "堆积密度 >= 1920 density"},
    {"堆积密度：1.85g/cm3", "堆积密度 = 1850 density"},
    {"折射率≥1.52", "折射率 >= 1.52 -"},
    {"密度：1.8", "密度 = 1.8 -"},
    {"抗拉强度（20℃）不低于 500MPa", "抗拉强度 >= 5e+08 pressure"},
    {"抗拉强度(≥500 MPa)", "抗拉强度 >= 5e+08 pressure"},
    {"循环寿命：≥2000次；能量密度≥300Wh/kg",
     "循环寿命 >= 2000 cycles; 能量密度 >= 300 specific_energy"},
    {"屈服强度不小于355mpa", "屈服强度 >= 3.55e+08 pressure"},
    {"粘度为 12 mPa·s", "粘度 = 0.012 dynamic_viscosity"},
    {"动力粘度≤50MPa", "动力粘度 <= 5e+07 pressure"},
    {"噪声小于65dB（A）", "噪声 < 65 sound"},
    {"噪音不大于７０分贝", "噪音 <= 70 sound"},
    {"含水率＜３％", "含水率 < 0.03 ratio"},
    {"去除率大于等于95%", "去除率 >= 0.95 ratio"},
    {"去除率>=95%", "去除率 >= 0.95 ratio"},
    {"检出限低于0.5μg/L", "检出限 < 5e-07 concentration"},
    {"工作温度-40℃~85℃", "工作温度 in 233.15..358.15 temperature"},
    {"工作温度：-40～+85℃", "工作温度 in 233.15..358.15 temperature"},
    {"使用温度范围为-20至60摄氏度", "使用温度范围 in 253.15..333.15 temperature"},
    {"粒径10-20μm", "粒径 in 1e-05..2e-05 length"},
    {"粒径10—20微米", "粒径 in 1e-05..2e-05 length"},
    {"粒径10至20um", "粒径 in 1e-05..2e-05 length"},
    {"膜厚 8.5～9.5 nm", "膜厚 in 8.5e-09..9.5e-09 length"},
    {"投资1-2万元", "投资 in 10000..20000 money_cny"},
    {"孔径误差±0.05mm", "孔径误差 +- -5e-05..5e-05 length"},
    {"孔径公差为正负0.05毫米", "孔径公差 +- -5e-05..5e-05 length"},
    {"室温控制为20±2℃", "室温 +- 291.15..295.15 temperature"},
    {"养护温度（20±2）℃", "养护温度 +- 291.15..295.15 temperature"},
    {"额定电压220V±5%", "额定电压 +- 209..231 voltage"},
    {"年产值达1.2亿元", "年产值 >= 1.2e+08 money_cny"},
    {"总投资3,500万元", "总投资 = 3.5e+07 money_cny"},
    {"注册资本1,250,000元", "注册资本 = 1.25e+06 money_cny"},
    {"预算500万元以内", "预算 <= 5e+06 money_cny"},
    {"售价不超过¥3000", "售价 <= 3000 money_cny"},
    {"电导率为1.2×10^5 S/m", "电导率 = 120000 conductivity"},
    {"体积电阻率≥1.0×10¹² Ω·cm", "体积电阻率 >= 1e+10 resistivity"},
    {"漏率优于1.2x10-5 Pa", "漏率 < 1.2e-05 pressure"},
    {"菌落总数≤10^5 CFU/g", "菌落总数 <= 100000 colony"},
    {"菌落总数≤10⁵CFU/g", "菌落总数 <= 100000 colony"},
    {"热膨胀系数小于3e-6/K", "热膨胀系数 < 3e-06 expansion"},
    {"保温时间三十分钟以上", "保温时间 >= 1800 time"},
    {"回收率百分之九十五以上", "回收率 >= 0.95 ratio"},
    {"废品率不高于百分之五", "废品率 <= 0.05 ratio"},
    {"杂质含量低于千分之三", "杂质含量 < 0.003 ratio"},
    {"储存期不少于一百二十天", "储存期 >= 1.0368e+07 time"},
    {"质保期不少于两年", "质保期 >= 6.31139e+07 time"},
    {"保质期不短于半年", "保质期 >= 1.57785e+07 time"},
    {"续航里程500公里以上", "续航里程 >= 500000 length"},
    {"直径在3mm以下", "直径 <= 0.003 length"},
    {"厚度5mm左右", "厚度 ~ 0.0045..0.0055 length"},
    {"功率约为2.2KW", "功率 ~ 1980..2420 power"},
    {"响应时间小于50ms", "响应时间 < 0.05 time"},
    {"定位精度优于0.02mm", "定位精度 < 2e-05 length"},
    {"转换效率优于22%", "转换效率 > 0.22 ratio"},
    {"氨氮达到15mg/L", "氨氮 <= 0.015 concentration"},
    {"成本降低20%", "成本 down = 0.2 ratio"},
    {"能耗降低15%以上", "能耗 down >= 0.15 ratio"},
    {"降低能耗15%以上", "能耗 down >= 0.15 ratio"},
    {"提高生产效率30%", "生产效率 up = 0.3 ratio"},
    {"合格率由60%提高到85%", "合格率 = 0.85 ratio"},
    {"合格率提升至98%以上", "合格率 >= 0.98 ratio"},
    {"能耗降低到5kWh", "能耗 = 1.8e+07 energy"},
    {"寿命延长2倍", "寿命 up = 2 times"},
    {"转速≥12000r/min", "转速 >= 12000 rotation"},
    {"转速为3000转/分钟", "转速 = 3000 rotation"},
    {"扭矩不低于350 N·m", "扭矩 >= 350 torque"},
    {"导热系数≥5 W/(m·K)", "导热系数 >= 5 thermal_conductivity"},
    {"导热系数≥5W/m.K", "导热系数 >= 5 thermal_conductivity"},
    {"比表面积>300m²/g", "比表面积 > 300 specific_surface"},
    {"占地面积2000㎡", "占地面积 = 2000 area"},
    {"种植面积4.5万亩", "种植面积 = 3e+07 area"},
    {"风速12m/s", "风速 = 12 speed"},
    {"处理量达到20000m3/h", "处理量 >= 5.55556 flow"},
    {"产能不低于5万吨/年", "产能 >= 1.5844 mass_flow"},
    {"市场价16000元/吨", "市场价 = 16 money_cny/mass"},
    {"硬度≥HRC58", "硬度 >= 58 rockwell"},
    {"表面硬度 HV 650以上", "表面硬度 >= 650 vickers"},
    {"pH值7.5", "pH值 = 7.5 acidity"},
    {"出水pH 6~9", "出水 in 6..9 acidity"},
    {"pH≥6.5", "pH >= 6.5 acidity"},
    {"成熟度不低于TRL6", "成熟度 >= 6 readiness"},
    {"储能容量100kWh", "储能容量 = 3.6e+08 energy"},
    {"每次耗电3度", "每次耗电 = 1.08e+07 energy"},
    {"加热温度60度", "加热温度 = 333.15 temperature"},
    {"储存温度零下18度以下", "储存温度 <= 255.15 temperature"},
    {"倾斜角30度", "倾斜角 = 0.523599 angle"},
    {"色温6500K", "色温 = 6500 colour_temperature"},
    {"反应温度350K", "反应温度 = 350 temperature"},
    {"生产线建成后年新增产值5000万元", "产值 = 5e+07 money_cny"},
    {"发明专利3项，实用新型专利10余项", "发明专利 = 3 items; 实用新型专利 >= 10 items"},
    {"产生150Pa的压强", "压强 = 150 pressure"},
    {"达到95%的准确率", "准确率 >= 0.95 ratio"},
    {"抗压、抗折强度≥50MPa", "抗折强度 >= 5e+07 pressure"},
    {"材料的断裂伸长率应不小于8%，且不大于15%",
     "断裂伸长率 >= 0.08 ratio; 断裂伸长率 <= 0.15 ratio"},
    {"冷、热水流量分别达到5m³/h、8m³/h", "热水流量 >= 0.00138889 flow; 热水流量 = 0.00222222 flow"},
    {"相对湿度≤85%RH", "相对湿度 <= 0.85 ratio"},
    {"饱和磁化强度≥120mT", "饱和磁化强度 >= 0.12 magnetic_field"},
    {"COD≤50mg/L", "COD <= 0.05 concentration"},
    {"COD去除率≥90%", "COD去除率 >= 0.9 ratio"},
    {"D50≤2μm", "D50 <= 2e-06 length"},
    {"堆积密度   ≥1.80 g/cm³", "堆积密度 >= 1800 density"},
    {"1、抗弯强度≥80MPa\n2、吸水率≤0.5%", "抗弯强度 >= 8e+07 pressure; 吸水率 <= 0.005 ratio"},
    {"≥500MPa", " >= 5e+08 pressure"},
    {"剂量5 mg/kg", "剂量 = 5 content"},
    {"图像帧率不低于30fps", "图像帧率 >= 30 frame_rate"},
    {"传输速率≥100Mbps", "传输速率 >= 1e+08 data_rate"},
    {"分子量约5kDa", "分子量 ~ 4500..5500 molar_mass"},
    {"灵敏度达到1ppm", "灵敏度 >= 1e-06 ratio"},
    {"气体纯度 99.999%", "气体纯度 = 0.99999 ratio"},
    {"盐雾试验≥1000h", "盐雾试验 >= 3.6e+06 time"},
    {"建成示范线不少于3条", "示范线 >= 3 lines"},
    {"减量化率达到80%以上", "减量化率 >= 0.8 ratio"},
    {"漏率小于1×10^-9 Pa·m3/s", "漏率 < 1e-09 leak_rate"},
    {"真空度优于5×10⁻⁴Pa", "真空度 < 0.0005 pressure"},
    {"介电常数小于3.0（10GHz）", "介电常数 < 3 -"},
    {"蛋白质含量≥3.2g/100mL", "蛋白质含量 >= 32 concentration"},
    {"表面粗糙度Ra0.8μm", "表面粗糙度 = 8e-07 length"},
    {"Ra≤1.6μm", "Ra <= 1.6e-06 length"},
    {"钻孔孔径为Φ32mm", "钻孔孔径 = 0.032 length"},
    {"轴径公差+- -1mm", "轴径公差 +- -0.001..0.001 length"},
    {"亩均增收500元", "亩均增收 = 500 money_cny"},
    {"磁能积≥52MGOe", "磁能积 >= 413803 energy_product"},
    {"油耗≤210g/kWh", "油耗 <= 5.83333e-08 mass/energy"},
    {"行业保持20%左右的年均增长率", "年均增长率 ~ 0.18..0.22 ratio"},
    {"1h内抗压强度35MPa，1d内达到53MPa以上",
     "抗压强度 = 3.5e+07 pressure; 抗压强度 >= 5.3e+07 pressure"},
    {"平均无故障时间大于5000小时", "平均无故障时间 > 1.8e+07 time"},
};

static const struct reading_case english[] = {
    {"tensile strength of at least 500 MPa", "tensile strength >= 5e+08 pressure"},
    {"with a capacity above 300 Wh/kg", "capacity > 300 specific_energy"},
    {"density: 1.85 g/cm3", "density = 1850 density"},
    {"The noise level must be below 65 dB.", "noise level < 65 sound"},
    {"service life of more than 10 years", "service life > 3.1557e+08 time"},
    {"response time is less than 5 ms", "response time < 0.005 time"},
    {"operating temperature from -40 to 85 °C",
     "operating temperature in 233.15..358.15 temperature"},
    {"thickness between 10 and 20 mm", "thickness in 0.01..0.02 length"},
    {"film thickness 10 to 20 nm", "film thickness in 1e-08..2e-08 length"},
    {"accuracy better than 0.1 mm", "accuracy < 0.0001 length"},
    {"a purity of no less than 99.5 %", "purity >= 0.995 ratio"},
    {"weight up to 12 kg", "weight <= 12 mass"},
    {"flow rate within 3 L/min", "flow rate <= 5e-05 flow"},
    {"power of about 5 kW", "power ~ 4500..5500 power"},
    {"reduce cost by 20%", "cost down = 0.2 ratio"},
    {"energy consumption is reduced by at least 15 %", "energy consumption down >= 0.15 ratio"},
    {"increase efficiency to 95%", "efficiency = 0.95 ratio"},
    {"budget: 1,200,000 yuan", "budget = 1.2e+06 money_cny"},
    {"budget of 3 million USD", "budget = 3e+06 money_usd"},
    {"thermal conductivity >= 5 W/(m K)", "thermal conductivity >= 5 thermal_conductivity"},
    {"cycle life exceeds 2000 cycles", "cycle life > 2000 cycles"},
    {"shaft diameter 20 ± 0.05 mm", "shaft diameter +- 0.01995..0.02005 length"},
    {"resistivity of 1.2e-6 ohm·cm", "resistivity = 1.2e-08 resistivity"},
    {"leak rate < 1x10^-9 Pa", "leak rate < 1e-09 pressure"},
    {"a hardness of HRC 60 or more", "hardness >= 60 rockwell"},
    {"Conversion 95 percent or higher", "Conversion >= 0.95 ratio"},
    {"pressure at 10 bar", "pressure = 1e+06 pressure"},
    {"wall temperature 212 degF", "wall temperature = 373.15 temperature"},
    {"300 Wh/kg energy density", "energy density = 300 specific_energy"},
    {"yield ≥ 90%; cost ≤ 5 USD/kg", "yield >= 0.9 ratio; cost <= 5 money_usd/mass"},
    {"yield rose from 60% to 85%", "yield = 0.85 ratio"},
    {"refractive index = 1.52", "refractive index = 1.52 -"},
};

/* Nothing is to be read here. */
static const char *const nothing[] = {
    "本公司成立于2019年3月",
    "2023-05-01至2024年底完成",
    "2018-2020年",
    "截至2021.12.31",
    "电话：13900000000",
    "联系电话 0000-1234567",
    "邮编：450000",
    "1、研究内容",
    "主要内容：1、设备改造；2、系统集成",
    "（2）系统集成",
    "见3.2节",
    "3.2.1 试验方法",
    "GB/T 4754分类",
    "按GB 18030标准",
    "GBT700-2006碳素钢",
    "Q235钢板",
    "6061铝合金",
    "5G通信",
    "3D打印",
    "PM2.5监测",
    "COVID-19检测",
    "H2O与CO2的分离",
    "通过ISO9001认证",
    "ISO 14001认证",
    "第三代半导体",
    "第3代半导体",
    "“十四五”规划",
    "一种新装置",
    "一个系统",
    "两种方案",
    "一体化设计",
    "二次利用",
    "三元正极材料",
    "一级学科",
    "一次性投入",
    "十分重要",
    "千分尺与百叶窗",
    "万元户",
    "数十家企业",
    "几百台设备",
    "比例1:3混合",
    "幅面1220×2440×18mm",
    "规格20*30mm",
    "3/4英寸接口",
    "IL-6抗体",
    "STAT3靶点",
    "V2G技术",
    "采用316L不锈钢",
    "9:30开会",
    "20世纪80年代",
    "100元件的电路",
    "3天线系统",
    "有4个研究方向",
    "7天无人看守",
    "在60℃下反应",
    "1000h后测试",
    "型号A-200",
    "编号：12",
    "Type 304 stainless",
    "in 2019 and 2020",
    "version 2.0.1",
    "Figure 3 shows the result",
    "a 3D model of CO2 capture",
    "Section 4.2",
    "三分之二的企业",
    "二零二三年",
    "会议6月14日召开",
    "需要解决的问题如下：1，原料；2，设备",
    "约占总量的20%",
    "矿山90%以上都是井下开采",
    "荣获二等奖2项",
    "",
};

static void test_chinese(void **state)
{
    (void)state;
    check_readings(chinese, ARRAY_LEN(chinese));
}

static void test_english(void **state)
{
    (void)state;
    check_readings(english, ARRAY_LEN(english));
}

static void test_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(nothing); i++)
        check_readings(&(struct reading_case){nothing[i], ""}, 1);
}

/* The parts of a quantity are the right bytes of the text. */
static void test_spans(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name, *whole, *value;
    } cases[] = {
        {"要求堆积密度不低于 1.80 g/cm³，", "堆积密度", "不低于 1.80 g/cm³", "1.80 g/cm³"},
        {"工作温度为-40℃~+85℃。", "工作温度", "-40℃~+85℃", "-40℃~+85℃"},
        {"轴径公差±0.05mm", "轴径公差", "±0.05mm", "±0.05mm"},
        {"占地２０００㎡", "占地", "２０００㎡", "２０００㎡"},
        {"产量达到3万吨以上；", "产量", "达到3万吨以上", "3万吨"},
        {"硬度≥HRC58", "硬度", "≥HRC58", "58"},
        {"温度（20±2）℃", "温度", "（20±2）℃", "（20±2）℃"},
        {"a tensile strength of at least 500 MPa.", "tensile strength", "at least 500 MPa",
         "500 MPa"},
        {"导热系数 ≥ 5 W/(m·K)", "导热系数", "≥ 5 W/(m·K)", "5 W/(m·K)"},
        {"\xFF\xFE浓度≥10⁻³ mol/L", "浓度", "≥10⁻³ mol/L", "10⁻³ mol/L"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str text = str_of(cases[i].text);
        struct vec_quantity v = read_text(text);
        assert_int_equal(v.n, 1);
        assert_true(str_eq(span_str(text, v.p[0].name), str_of(cases[i].name)));
        assert_true(str_eq(span_str(text, v.p[0].whole), str_of(cases[i].whole)));
        assert_true(str_eq(span_str(text, v.p[0].value), str_of(cases[i].value)));
        vec_free(&v);
    }
}

/* For each quantity of the need: number of the offer's quantity or '-', then M(et), X (missed),
 * '?'. */
static const struct {
    const char *need, *offer, *expected;
} matches[] = {
    {"堆积密度≥1.80 g/cm³", "堆积密度达到1.92g/cm³", "0M"},
    {"堆积密度≥1.80 g/cm³", "堆积密度为1.75g/cm3", "0X"},
    {"堆积密度≥1.80 g/cm³", "松装密度 1850 kg/m3", "0M"},
    {"堆积密度≥1.80 g/cm³", "堆积密度≥1.70g/cm³", "0?"},
    {"堆积密度≥1.80 g/cm³", "堆积密度1.7~1.9g/cm³", "0?"},
    {"堆积密度≥1.80 g/cm³", "堆积密度1.82~1.9g/cm³", "0M"},
    {"堆积密度≥1.80 g/cm³", "堆积密度不高于1.6g/cm³", "0X"},
    {"抗拉强度≥500MPa", "抗拉强度0.5GPa", "0M"},
    {"抗拉强度＞500MPa", "抗拉强度500MPa", "0X"},
    {"抗拉强度＞500MPa", "抗拉强度大于500MPa", "0M"},
    {"抗拉强度≥500MPa", "抗压强度600MPa", "-?"},
    {"抗拉强度≥500MPa", "工作压力600MPa", "-?"},
    {"抗拉强度≥500MPa", "tensile strength of 520 MPa", "0M"},
    {"抗拉强度≥500MPa", "能量密度300Wh/kg", "-?"},
    {"强度≥500MPa", "抗拉强度450MPa", "0X"},
    {"抗拉强度500MPa", "抗拉强度600MPa", "0M"},
    {"抗拉强度500MPa", "抗拉强度450MPa", "0X"},
    {"生产成本100元/吨", "生产成本80元/吨", "0M"},
    {"生产成本100元/吨", "生产成本120元/吨", "0X"},
    {"生产成本≤100元/吨", "生产成本120元/件", "-?"},
    {"箱体长度500mm", "箱体长度50.2cm", "0M"},
    {"箱体长度500mm", "箱体长度60cm", "0?"},
    {"能耗≤5kWh", "能耗4.5kWh", "0M"},
    {"能耗≤5kWh", "能耗20MJ", "0X"},
    {"能耗≤5kWh", "能耗不超过6kWh", "0?"},
    {"能耗＜5kWh", "能耗＜5kWh", "0M"},
    {"能耗＜5kWh", "能耗5kWh", "0X"},
    {"噪声≤65dB", "噪音低于60分贝", "0M"},
    {"噪声≤65dB", "噪音约70dB", "0?"},
    {"噪声≤65dB", "噪音约80dB", "0X"},
    {"工作温度-20~60℃", "工作温度0~50℃", "0M"},
    {"工作温度-20~60℃", "工作温度70~90℃", "0X"},
    {"工作温度-20~60℃", "工作温度40~90℃", "0?"},
    {"工作温度不低于353K", "工作温度80℃", "0M"},
    {"孔径误差±0.05mm", "孔径误差±20μm", "0M"},
    {"孔径误差±0.05mm", "孔径误差≤0.02mm", "0M"},
    {"孔径误差±0.05mm", "孔径误差0.1mm", "0X"},
    {"孔径误差≤0.05mm", "孔径误差±0.02mm", "0M"},
    {"粒径约10μm", "粒径10.5μm", "0M"},
    {"粒径约10μm", "粒径15μm", "0X"},
    {"粒径20±2μm", "粒径19~21μm", "0M"},
    {"比能量不低于300Wh/kg", "在25℃达到320Wh/kg", "0M"},
    {"≥300MPa", "≥350MPa", "0M"},
    {"≥300MPa", "抗拉强度≥350MPa", "-?"},
    {"成本降低20%以上", "成本降低30%", "0M"},
    {"成本降低20%以上", "成本比湿法低26%", "0M"},
    {"成本较湿法降低20%以上", "成本比湿法低16%", "0X"},
    {"成本降低20%", "成本下降15%", "0X"},
    {"效率≥20%", "效率提高20%", "-?"},
    {"效率提高20%", "效率提高25%", "0M"},
    {"正极材料比容量≥180mAh/g", "负极材料比容量350mAh/g", "-?"},
    {"循环寿命：≥2000次；能量密度≥300Wh/kg", "能量密度280Wh/kg，循环次数3000次", "1M0X"},
    {"纯度≥99.5%，收率≥90%", "产品纯度达到99.9%，产率88%", "0M1X"},
    {"预算500万元", "预算0.05亿元", "0M"},
    {"折射率≥1.50", "折射率：1.52", "0M"},
    {"thermal conductivity of at least 5 W/(m·K)", "导热系数6.2W/m·K", "0M"},
    {"定位精度优于0.05mm", "定位精度30μm", "0M"},
    {"识别精度≥95%", "识别精度达到97%", "0M"},
    {"密封性能良好", "抗拉强度500MPa", ""},
    {"抗拉强度≥500MPa", "", "-?"},
};

static void test_matches(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < ARRAY_LEN(matches); i++) {
        struct str need_text = str_of(matches[i].need), offer_text = str_of(matches[i].offer);
        struct vec_quantity needs = read_text(need_text), offers = read_text(offer_text);
        struct vec_indicator found = {0};
        char got[64] = "";
        assert_int_equal(
            indicators_judge(&found, &needs, need_text, &offers, offer_text, units, NULL), RC_OK);
        assert_true(found.n <= needs.n);
        for (size_t k = 0, n = 0; k < found.n && n < sizeof got - 8; k++) {
            assert_int_equal(needs.p[found.p[k].need].stated, ASKED);
            bool none = found.p[k].offer == INDICATOR_NONE;
            got[n++] = none ? '-' : (char)('0' + found.p[k].offer);
            got[n++] = "MX?"[found.p[k].verdict];
        }
        if (strcmp(got, matches[i].expected) != 0) {
            wrong++;
            print_message("%s | %s\n  expected %s, got %s\n", matches[i].need, matches[i].offer,
                          matches[i].expected, got);
        }
        vec_free(&needs);
        vec_free(&offers);
        vec_free(&found);
    }
    assert_int_equal(wrong, 0);
}

/* Malformed, endless and hostile texts end, with sane spans. */
static void test_hostile(void **state)
{
    (void)state;
    static const char *const bits[] = {
        "9",         "≥",  "（", "9e999", "10^999", "百分之", "（9", "9×",   "²",   "\xE4\xB8",
        "密度9MPa ", "9~", "±",  "9,999", "万",     "一",     "9/",  "9.9.", "HRC", "-"};
    for (size_t i = 0; i < ARRAY_LEN(bits); i++) {
        struct buf text;
        buf_init(&text, 1 << 20);
        while (text.n < 60000)
            assert_int_equal(buf_str(&text, str_of(bits[i]), NULL), RC_OK);
        struct vec_quantity v = read_text(buf_view(&text));
        assert_true(v.n <= QUANTITIES_MAX);
        for (size_t k = 0; k < v.n; k++) {
            assert_true(v.p[k].whole.from < v.p[k].whole.to && v.p[k].whole.to <= text.n);
            assert_true(v.p[k].low <= v.p[k].high);
        }
        vec_free(&v);
        buf_free(&text);
    }
}

static void test_find(void **state)
{
    (void)state;
    assert_string_equal(units_find(units, STR("g/cm³"))->dimension->name.p, "density");
    assert_true(units_find(units, STR("mPa")) == NULL);
    assert_true(units_find(units, STR("摄氏度"))->offset == 273.15);
    assert_null(units_find(units, STR("")));
    assert_null(units_find(units, STR("一个没有声明过而且非常非常长的单位名称以至于放不下")));
}

static void test_bad_tables(void **state)
{
    (void)state;
    static const char *const tables[] = {
        "before: {ge: [x]}",
        "dimensions: [a]",
        "dimensions: {length: {m: 1}}",
        "dimensions: {length: {units: {m: {factor: 0}}}}",
        "dimensions: {length: {units: {m: {factor: x}}}}",
        "dimensions: {length: {units: {a symbol of far too many letters: {factor: 1}}}}",
        "dimensions: {length: {units: {m: {factor: 1}}}}\nopposites: [[a]]",
        "dimensions: {length: {units: {m: {factor: 1}}}}\nbefore: {ge: [[a]]}",
    };
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        struct arena a = {0};
        struct node *table;
        struct units *u;
        struct err e;
        assert_int_equal(yaml_parse(&table, str_of(tables[i]), "t", &a, &e), RC_OK);
        assert_int_equal(units_init(&u, table, &e), RC_USER);
        assert_null(u);
        arena_free(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chinese), cmocka_unit_test(test_english),
        cmocka_unit_test(test_nothing), cmocka_unit_test(test_spans),
        cmocka_unit_test(test_matches), cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_find),    cmocka_unit_test(test_bad_tables),
    };
    return cmocka_run_group_tests(tests, load, unload);
}

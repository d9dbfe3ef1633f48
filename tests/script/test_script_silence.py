"""Good texts in both languages, from other fields of medicine, about which nothing is said."""

import json

import pytest

from bot.script.compile import compile_script

#: Question and help, each in Chinese and English.
QUESTIONS = [
    ("您现在吸烟吗？", "Do you smoke now?", "电子烟也算。", "E-cigarettes count too."),
    (
        "您有高血压吗？",
        "Do you have high blood pressure?",
        "指医生说过血压高，或者正在吃降压药。",
        "This means a doctor said so, or you take medicine for it.",
    ),
    (
        "您的身高是多少厘米？",
        "How tall are you, in centimeters?",
        "请只发一个数字，例如 165。",
        "Send just a number, for example 165.",
    ),
    (
        "您的体重是多少公斤？",
        "How much do you weigh, in kilograms?",
        "不穿鞋、穿轻便衣服时的体重。",
        "Your weight without shoes, in light clothes.",
    ),
    (
        "过去3个月，您献过血吗？",
        "In the past 3 months, did you give blood?",
        "成分献血也算。",
        "Giving plasma or platelets counts too.",
    ),
    (
        "您每周喝酒超过3次吗？",
        "Do you drink alcohol more than three times a week?",
        "一次指一杯或更多。",
        "One time means one glass or more.",
    ),
    (
        "您上一次手术是什么时候？",
        "When was your last operation?",
        "没做过手术，请选“没做过”。",
        'If you never had one, pick "Never".',
    ),
    (
        "您能每两周来一次医院吗？",
        "Can you come to the hospital every two weeks?",
        "一共来六次，每次大约半小时。",
        "There are six visits, each takes about half an hour.",
    ),
    (
        "您用过下面哪些药？可以选多项。",
        "Which of these medicines have you used? You can pick more than one.",
        "没用过就选“都没用过”。",
        'If you have used none, pick "None of these".',
    ),
    (
        "您最近一个月感冒过吗？",
        "Have you had a cold in the last month?",
        "普通感冒和流感都算。",
        "A cold and the flu both count.",
    ),
    (
        "您戴隐形眼镜吗？",
        "Do you wear contact lenses?",
        "偶尔戴也算。",
        "Wearing them now and then counts too.",
    ),
    (
        "医生有没有说过您有糖尿病？",
        "Has a doctor told you that you have diabetes?",
        "包括1型和2型糖尿病。妊娠期糖尿病不算。",
        "Type 1 and type 2 both count. Diabetes in pregnancy does not.",
    ),
    (
        "您现在正在吃降糖药吗？",
        "Do you take medicine to lower blood sugar now?",
        "例如二甲双胍。请不要为了参加研究而停药或改药。",
        "For example, metformin. Please do not stop or change any medicine to join a study.",
    ),
    (
        "过去半年，您的体重变化超过5公斤吗？",
        "In the past six months, has your weight changed by more than 5 kg?",
        "变重、变轻都算。",
        "Gaining and losing both count.",
    ),
    (
        "您睡眠不好吗？",
        "Do you have trouble sleeping?",
        "指一周至少3晚睡不好。",
        "This means at least 3 bad nights a week.",
    ),
    (
        "您对鸡蛋过敏吗？",
        "Are you allergic to eggs?",
        "吃了不舒服但不是过敏，不算。",
        "Feeling unwell after eggs without an allergy does not count.",
    ),
    (
        "您会说普通话吗？",
        "Do you speak Mandarin?",
        "能听懂、能回答问题就可以。",
        "It is enough if you can follow and answer questions.",
    ),
    (
        "您身上有心脏起搏器吗？",
        "Do you have a pacemaker?",
        "起搏器是放在体内、帮助心跳的小机器。",
        "A pacemaker is a small device in the body that helps the heart beat.",
    ),
    (
        "您最近两年住过院吗？",
        "Have you been in hospital in the last two years?",
        "不过夜的检查不算。",
        "A test without a night's stay does not count.",
    ),
    (
        "您用过生物制剂吗？",
        "Have you ever used a biologic medicine?",
        "生物制剂就是从活细胞里制成的药，例如阿达木单抗。",
        "Biologics are medicines made from living cells, such as adalimumab.",
    ),
    (
        "您需要别人帮忙才能走路吗？",
        "Do you need help from someone to walk?",
        "用拐杖也算需要帮忙。",
        "Using a cane counts as help.",
    ),
]

#: A text for participants.
TEXTS = [
    ("谢谢您的回答。三天内研究团队会看到。", "Thank you. The team will see it within three days."),
    ("这项研究一共要来医院4次，第一次大约1小时。", "The study has 4 visits. The first takes about an hour."),
    ("不参加也没关系，您的治疗不会改变。", "It is fine not to join. Your treatment will not change."),
    ("研究团队会先打电话，再约时间。", "The team will call first and then set a time."),
    ("您可以随时退出，不需要理由。", "You can leave at any time and need no reason."),
    (
        "一半的人用研究药，一半的人用安慰剂（没有药效的药片）。",
        "Half of the people get the study medicine, half get a placebo (a tablet without medicine).",
    ),
    (
        "本研究由研究者发起，已经在医院备案。",
        "This study was started by the investigators and is registered at the hospital.",
    ),
    (
        "我们不知道这种药有没有用，也不知道所有的风险。",
        "We do not know whether the medicine helps, and we do not know all the risks.",
    ),
    ("研究用药会放在冰箱里，2到8度保存。", "The study medicine is kept in a fridge at 2 to 8 degrees."),
]

#: A criterion as protocols put it.
CRITERIA = [
    (
        "2型糖尿病病程至少6个月，糖化血红蛋白7.0%～10.0%。",
        "Type 2 diabetes for at least 6 months, with HbA1c of 7.0% to 10.0%.",
    ),
    ("近3个月内参加过其他药物临床试验。", "Took part in another drug trial within the past 3 months."),
    (
        "收缩压≥160 mmHg或舒张压≥100 mmHg。",
        "Systolic blood pressure of 160 mmHg or more, or diastolic of 100 mmHg or more.",
    ),
    (
        "肝功能异常：ALT或AST超过正常上限3倍。",
        "Abnormal liver function: ALT or AST more than 3 times the upper limit of normal.",
    ),
    (
        "妊娠期或哺乳期女性，或计划在6个月内怀孕者。",
        "Pregnant or breastfeeding, or planning to become pregnant within 6 months.",
    ),
    ("有药物滥用史或酗酒史。", "History of drug or alcohol abuse."),
    ("不能口服药物者。", "Unable to take medicine by mouth."),
    ("非绝经期女性须采取有效避孕措施。", "Women before menopause must use effective contraception."),
    ("无其他严重的心、肝、肾疾病。", "No other serious heart, liver or kidney disease."),
    ("既往未接受过胰岛素治疗。", "Has never been treated with insulin."),
    ("对试验用药或其辅料过敏者。", "Allergic to the study medicine or its ingredients."),
    ("体重指数在18.5至30之间。", "Body mass index between 18.5 and 30."),
    (
        "签署知情同意书前2周内用过抗生素。",
        "Took antibiotics within two weeks before signing the consent form.",
    ),
    ("不愿意或不能遵守研究方案。", "Unwilling or unable to follow the protocol."),
    ("年满65周岁或以上。", "Aged 65 years or older."),
    ("近1年内有脑卒中或心肌梗死。", "Had a stroke or heart attack in the past year."),
    ("未控制的高血压。", "Uncontrolled high blood pressure."),
    ("有精神疾病史，无法配合随访。", "A history of mental illness and cannot take part in follow-up visits."),
    (
        "正在使用免疫抑制剂，或停药不足4周。",
        "Takes immunosuppressants now, or stopped them less than 4 weeks ago.",
    ),
    ("不适合使用激光者。", "Not suited to laser treatment."),
    ("近两周每天至少走30分钟。", "Walked at least 30 minutes a day in the last two weeks."),
    ("既往体健，无慢性病。", "In good health, without chronic disease."),
]


def put(small: str, old: str, zh: str, en: str) -> str:
    """The small script with another text in both languages."""
    assert old in small
    return small.replace(old, f"{{zh: {json.dumps(zh, ensure_ascii=False)}, en: {json.dumps(en)}}}", 1)


@pytest.mark.parametrize(("zh", "en", "help_zh", "help_en"), QUESTIONS)
def test_a_good_question(small: str, zh: str, en: str, help_zh: str, help_en: str) -> None:
    source = put(small, "{zh: 您用过避孕药吗？, en: Have you used birth control pills?}", zh, en)
    source = put(source, "{zh: 请不要停药。, en: Please do not stop any medicine.}", help_zh, help_en)
    source = put(
        source, "{zh: 近12个月用过避孕药, en: Birth control pills in the past 12 months}", "其他", "Other"
    )
    assert compile_script(source, "small.yaml").report("en") == ""


@pytest.mark.parametrize(("zh", "en"), TEXTS)
def test_a_good_text(small: str, zh: str, en: str) -> None:
    source = put(small, "{zh: 研究介绍。, en: About the study.}", zh, en)
    assert compile_script(source, "small.yaml").report("en") == ""


@pytest.mark.parametrize(("zh", "en"), CRITERIA)
def test_a_good_criterion(small: str, zh: str, en: str) -> None:
    source = put(small, "{zh: 治疗过, en: Treated before}", zh, en)
    assert compile_script(source, "small.yaml").report("en") == ""

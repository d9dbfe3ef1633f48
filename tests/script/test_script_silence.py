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

#: Sentences of which only one denies or counts in so many words, and which mean the same.
PAIRS = [
    ("您最近睡得不好。", "You have slept badly lately."),
    ("睡得不好也算。", "Sleeping badly counts too."),
    ("睡不着的时候可以起来走走。", "When you lie awake you can get up and walk."),
    ("两次月经之间的出血也算。", "Bleeding between two periods counts too."),
    ("请不要吃早饭再来抽血。", "Please come for the blood test before breakfast."),
    ("来的那天不吃早饭。", "Come before breakfast that day."),
    ("不吃早饭来抽血。", "Skip breakfast and come for the blood test."),
    ("请空腹来。", "Please do not eat before you come."),
    ("不舒服就告诉我们。", "Tell us if you feel unwell."),
    ("如果感到不舒服，请马上联系研究医生。", "If you feel unwell, call the study doctor at once."),
    ("如果身体不适，请致电。", "If you do not feel well, please call."),
    ("无症状的人也可以参加。", "People without symptoms can take part too."),
    ("没有症状的人也可以参加。", "People who are free of symptoms can take part too."),
    ("每次不超过半小时。", "Each visit takes at most half an hour."),
    ("一周不超过三次。", "At most three times a week."),
    ("一周不超过三次。", "No more than three times a week."),
    ("整个过程不到一小时。", "The whole thing takes less than an hour."),
    ("不到一个月的也算。", "Less than a month counts too."),
    ("未满18岁的人请和家长一起来。", "If you are under 18, please come with a parent."),
    ("未满18岁的人不能参加。", "People under 18 cannot take part."),
    ("非处方药也算。", "Over-the-counter medicines count too."),
    ("药店里买的非处方药也算。", "Medicines you buy without a prescription count too."),
    ("不孕的人也可以参加。", "Infertile people can take part too."),
    ("治疗不孕的药也算。", "Medicines for infertility count too."),
    ("不确定的话，请选“不确定”。", 'If you are not sure, pick "Not sure".'),
    ("不确定也可以。", "It is fine to be unsure."),
    ("记不清具体哪天也没关系。", "It is fine if you cannot remember the exact day."),
    ("没关系，您可以慢慢想。", "That's fine, take your time."),
    ("不记得也没关系。", "That is fine if you have forgotten."),
    ("不用带病历。", "There is no need to bring your records."),
    ("不用着急，慢慢回答。", "Take your time to answer."),
    ("行动不便的人可以请家人陪同。", "People who find it hard to walk can bring a relative."),
    ("行动不便也可以参加。", "You can join even if you have trouble walking."),
    ("如果时间不方便，可以改天。", "If the time is inconvenient, we can find another day."),
    ("脸以外的地方也算。", "Places other than the face count too."),
    ("除了脸以外，别的地方也算。", "Places other than the face count too."),
    ("激光以外的治疗，请选“其他”。", 'For treatment other than laser, pick "Other".'),
    ("没有怀孕的人需要验孕。", "People who are not pregnant need a test."),
    ("月经不规律也算。", "Irregular periods count too."),
    ("月经不调也算。", "Irregular periods count too."),
    ("血压不稳定的人请先告诉医生。", "If your blood pressure is unstable, tell the doctor first."),
    ("检查不痛。", "The test is painless."),
    ("检查不痛，几分钟就好。", "The test does not hurt and takes a few minutes."),
    ("抽血量不多。", "Only a little blood is taken."),
    ("医院离地铁站不远。", "The hospital is near a subway station."),
    ("这些问题不难。", "These questions are easy."),
    ("不戴眼镜时的视力。", "Your eyesight without glasses."),
    ("裸眼视力。", "Your eyesight without glasses."),
    ("停药后不再出现的症状也算。", "Symptoms that stopped after the medicine count too."),
    ("已经戒烟的人也算。", "People who no longer smoke count too."),
    ("已经绝经的人不用验孕。", "People whose periods have stopped need no test."),
    ("心情不好、不想吃东西也算。", "Feeling low and having a poor appetite count too."),
    ("看东西不清楚也算。", "Blurred vision counts too."),
    ("胃口不好也算。", "A poor appetite counts too."),
    ("睡眠不足也算。", "Too little sleep counts too."),
    ("营养不良也算。", "Poor nutrition counts too."),
    ("消化不良也算。", "Indigestion counts too."),
    ("听力不好的人可以看文字。", "People who are hard of hearing can read the text."),
    ("喘不上气也算。", "Being short of breath counts too."),
    ("走不动路也算。", "Trouble walking counts too."),
    ("药没吃完就停了也算。", "Stopping before the pack is finished counts too."),
    ("没结婚的人也可以参加。", "Single people can take part too."),
    ("没上过学也可以参加。", "You can join even if you never went to school."),
    ("结果不一定准。", "The result may be wrong."),
    ("不一定每个人都要做。", "Some people may skip it."),
    ("不论大小都算。", "Any size counts."),
    ("无论什么时候都可以停。", "You can stop at any time."),
    ("只吃素的人请告诉我们。", "Tell us if you do not eat meat."),
    ("不吃肉的人请告诉我们。", "Tell us if you are a vegetarian."),
    ("不喝酒的人也可以参加。", "Non-drinkers can take part too."),
    ("不吸烟的人也可以参加。", "Non-smokers can take part too."),
    ("不小心碰破的伤口也算。", "A wound from an accident counts too."),
    ("医生没时间时，护士会打电话。", "When the doctor is busy, a nurse will call."),
    ("没力气也算。", "Feeling weak counts too."),
    ("没精神也算。", "Feeling tired counts too."),
    ("没有保险也可以参加。", "You can join without insurance."),
    ("没有保险也可以参加。", "You can join even if you are uninsured."),
    ("不同的人结果不同。", "Results differ from person to person."),
    ("和平时不一样的斑也算。", "Patches that look different from usual count too."),
    ("两种都没有，请选“没有”。", 'If you have neither, pick "No".'),
    ("两样都不算。", "Neither counts."),
    ("药量不够的时候请致电。", "Please call when you run out of medicine."),
    ("如果不方便接电话，请发短信。", "If you cannot take calls, send a text message."),
    ("请不要一个人来。", "Please bring somebody with you."),
    ("请别忘了带身份证。", "Please remember to bring your ID card."),
    ("不要空腹来。", "Please eat before you come."),
    ("来之前请不要化妆。", "Please come without make-up."),
    ("不过敏的人也要做皮试。", "People without allergies need the skin test too."),
    ("皮肤没破的地方才涂药。", "The cream goes only on skin that is whole."),
    ("没有同意之前，我们什么都不做。", "We do nothing before you agree."),
    ("不满意可以投诉。", "If you are unhappy with it, you can complain."),
    ("对冷热不敏感也算。", "Feeling little heat or cold counts too."),
    ("皮肤干得不行也算。", "Very dry skin counts too."),
    ("一天两次，每次一片。", "Twice a day, one tablet each time."),
    ("每天一次。", "Once a day."),
    ("隔一天一次。", "Every other day."),
    ("两三天就好。", "It is over in two or three days."),
    ("十几分钟就好。", "It takes a little over ten minutes."),
    ("一两个月后再来。", "Come back in a month or two."),
    ("几个月后再来。", "Come back in a few months."),
    ("研究分两组。", "The study has two groups."),
    ("一年四次，每三个月一次。", "Four times a year, every three months."),
    ("上午8点到下午5点。", "From 8 a.m. to 5 p.m."),
    ("周一到周五。", "Monday to Friday."),
    ("第一次来大约半天。", "The first visit takes about half a day."),
    ("三分之一的人用安慰剂。", "A third of the people get a placebo."),
    ("六十岁以上的人请家人陪同。", "If you are 60 or older, please bring a relative."),
    ("18到60岁的人可以参加。", "People from 18 to 60 can take part."),
    ("满18岁就可以参加。", "You can join once you are 18."),
    ("至少要等两周。", "Wait for two weeks at least."),
    ("两周内不要晒太阳。", "Keep out of the sun for two weeks."),
    ("两周内请不要晒太阳。", "Please avoid the sun for two weeks."),
    ("半年内不能怀孕。", "Please avoid pregnancy for six months."),
    ("三个月以上没来月经也算。", "Missing your period for three months or more counts too."),
    ("过去一年没来月经也算。", "A year without a period counts too."),
    ("术后一周不能碰水。", "Keep it dry for a week after the operation."),
    ("24小时内不能喝酒。", "Avoid alcohol for 24 hours."),
    ("没有医保也能参加。", "You can take part without health insurance."),
    ("手术后没醒过来的人不算。", "People who did not wake up after surgery do not count."),
    ("请别用力揉。", "Do not rub it hard."),
    ("不发烧了再来。", "Come once the fever is gone."),
    ("不疼了就可以停药。", "You can stop once the pain is gone."),
    ("不是每个人都会过敏。", "Some people are allergic and some are not."),
    ("不是必须的。", "It is optional."),
    ("不强迫任何人参加。", "Joining is voluntary."),
    ("参不参加由您决定。", "Joining is your choice."),
    ("您去不去都行。", "It is up to you whether you go."),
    ("不想回答的题可以跳过。", "You can skip any question you prefer to leave out."),
    ("不想回答可以跳过。", "You can skip any question."),
    ("药不要和酒一起用。", "Keep the medicine and alcohol apart."),
    ("不含酒精的洗手液。", "An alcohol-free hand gel."),
    ("不含糖的口香糖。", "Sugar-free gum."),
    ("无糖饮料也可以。", "Sugar-free drinks are fine."),
    ("非住院病人也可以参加。", "Outpatients can take part too."),
    ("长时间没运动也算。", "A long time without exercise counts too."),
    ("还没到时间请在外面等。", "Please wait outside until it is time."),
    ("没到预约时间请先等。", "Please wait until your appointment."),
    ("您没收到短信，请致电。", "If the text message has not arrived, please call."),
    ("结果不能马上出来。", "The result takes some time."),
    ("结果不会马上出来。", "The result takes a few days."),
    ("我们不会告诉别人。", "We keep it to ourselves."),
    ("信息不会公开。", "The data stay private."),
    ("您的回答不会影响您看病。", "Whatever you answer, your care stays the same."),
    ("不参加也不影响您看病。", "Your care stays the same if you do not join."),
    ("任何时候退出都不影响治疗。", "You can leave at any time and your care stays the same."),
    ("不能马上回复，请谅解。", "Please allow some time for a reply."),
    ("吃不下饭也算。", "Loss of appetite counts too."),
    ("闻不到味道也算。", "Loss of smell counts too."),
    ("记性不好也算。", "Poor memory counts too."),
    ("一动不动超过两小时。", "Keeping still for more than two hours."),
    ("站不稳也算。", "Being unsteady on your feet counts too."),
    ("不常见的副作用也会告诉您。", "We will tell you about rare side effects too."),
    ("不严重的皮疹不用看医生。", "A mild rash needs no doctor."),
    ("不论男女都可以参加。", "Men and women can both take part."),
    ("不分男女都可以参加。", "Both men and women can take part."),
    ("不化妆来更好。", "It is best to come without make-up."),
    ("素颜来更好。", "It is best to come without make-up."),
    ("除非医生同意，请不要停药。", "Please keep taking the medicine unless a doctor agrees that you stop."),
    ("没有医生同意，请不要停药。", "Please do not stop unless a doctor agrees."),
    ("如果没有别的问题，就可以回家。", "You can go home if all is well."),
    ("没问题的话，就可以开始。", "If all is well, we can start."),
    ("没事就好。", "All is well then."),
    ("一个都不选也可以。", "You can leave them all blank."),
    ("不选也可以。", "You can leave it blank."),
    ("不留电话也可以。", "You can leave the phone number out."),
    ("不超过60岁。", "60 or younger."),
    ("不满一年。", "Less than a year."),
    ("不少于两周。", "At least two weeks."),
    ("不早于三天前。", "Within the last three days."),
    ("不晚于周五。", "By Friday at the latest."),
    ("涂药以后不要马上洗脸。", "Wait before you wash your face after using the cream."),
    ("不住院的病人也可以参加。", "Outpatients can take part too."),
    ("手机没电了可以借用医院的电话。", "If your phone is dead, you can use the hospital's."),
    ("我们不会把您的名字告诉别人。", "We keep your name private."),
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


@pytest.mark.parametrize(("zh", "en"), [*TEXTS, *PAIRS])
def test_a_good_text(small: str, zh: str, en: str) -> None:
    source = put(small, "{zh: 研究介绍。, en: About the study.}", zh, en)
    assert compile_script(source, "small.yaml").report("en") == ""


@pytest.mark.parametrize(("zh", "en"), CRITERIA)
def test_a_good_criterion(small: str, zh: str, en: str) -> None:
    source = put(small, "{zh: 治疗过, en: Treated before}", zh, en)
    assert compile_script(source, "small.yaml").report("en") == ""

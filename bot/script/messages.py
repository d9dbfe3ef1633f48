"""Every sentence said of a script or a case, in Chinese and English: what is wrong; what would be right."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.text import Text


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with `{placeholders}`, and the rule it belongs to."""

    rule: str
    words: Text
    warning: bool = False


def _rule(name: str, warning: bool = False, /, **sentences: tuple[str, str]) -> dict[str, Sentence]:
    """The sentences of one rule, each as (zh, en)."""
    return {key: Sentence(name, {"zh": zh, "en": en}, warning) for key, (zh, en) in sentences.items()}


_FILE = _rule(
    "file",
    not_utf8=(
        "文件不是 UTF-8 文字；请在编辑器里用“另存为”，编码选 UTF-8。",
        'the file is not UTF-8 text; use "Save as" in your editor and choose the encoding UTF-8',
    ),
    looks_gbk=(
        "从这里起不是 UTF-8，文件像是用 GBK（ANSI）保存的；请用“另存为”，编码选 UTF-8。",
        'from here on this is not UTF-8, the file seems to be saved as GBK (ANSI); use "Save as" and choose the encoding UTF-8',
    ),
    utf16=(
        "文件是用 UTF-16（“Unicode”）保存的；请用“另存为”，编码选 UTF-8。",
        'the file is saved as UTF-16 ("Unicode"); use "Save as" and choose the encoding UTF-8',
    ),
    too_big=(
        "文件有 {size} KiB，最多只能读 {limit} KiB；请确认选对了文件。",
        "the file has {size} KiB, at most {limit} KiB can be read; check that it is the right file",
    ),
    empty_file=(
        "文件里什么也没有；请确认已经保存，并且选对了文件。",
        "there is nothing in the file; check that it was saved and that it is the right one",
    ),
    control_character=(
        "这里有一个看不见的字符（{code}）；请把它删掉，重新输入这几个字。",
        "there is an invisible character here ({code}); delete it and type the words again",
    ),
)

_YAML = _rule(
    "yaml",
    tab_indent=(
        "不能用 Tab 键缩进；请改成空格，每一层两个。",
        "a tab cannot be used to indent; use spaces, two for each level",
    ),
    wide_indent=(
        "行首有全角空格；请改成普通的半角空格，每一层两个。",
        "the line starts with a full-width space; use ordinary spaces, two for each level",
    ),
    wide_colon=(
        "“{key}”后面是全角冒号；请改成半角冒号加一个空格：“{key}: ”。",
        'the colon after "{key}" is a full-width one; write "{key}: " with an ordinary colon and a space',
    ),
    colon_space=(
        "“{key}:”的冒号后面少一个空格；请写成“{key}: ”。",
        'there is no space after the colon of "{key}:"; write "{key}: "',
    ),
    dash_space=(
        "短横“-”后面少一个空格；请写成“- ”再接内容。",
        'there is no space after the "-"; write "- " in front of the item',
    ),
    list_in_line=(
        "列表的每一项都要另起一行，以“- ”开头；请把它移到下一行，如果是文字请加上双引号。",
        "an item of a list starts a line of its own; move it to the next line, or put the text in quotes",
    ),
    wide_comma=(
        "括号里的两项之间是全角逗号；请改成半角逗号“, ”，或者给整段文字加上双引号。",
        'a full-width comma does not separate two items in brackets; write ", ", or put the whole text in quotes',
    ),
    colon_in_text=(
        '“{key}”后面的文字里又有冒号加空格；请给整段文字加上双引号：{key}: "…"。',
        'the text of "{key}" has a colon and a space in it; put the whole text in quotes: {key}: "…"',
    ),
    indentation=(
        "这一行的缩进和前后不一致；请和同一层的其他行左边对齐。",
        "this line is not indented like the lines it belongs to; start it in the same column as they do",
    ),
    no_colon=(
        "这一行不是“字段: 内容”；请补上半角冒号和空格，或者让它缩进到上一行的内容下面。",
        'this line is not "key: value"; add a colon and a space, or indent it below the text it continues',
    ),
    quote_open=(
        "这里的引号 {quote} 一直没有结束；请在这段文字的末尾补上 {quote}。",
        "the quotation mark {quote} that opens here is never closed; add {quote} at the end of the text",
    ),
    after_quote=(
        "引号已经结束，后面又有文字；请把整段文字放进一对双引号，里面的引号用“ ”。",
        "there are more words after the closing quotation mark; put the whole text in one pair of double quotes and use “ ” inside it",
    ),
    after_bracket=(
        "括号已经结束，后面又有文字；请删掉多余的文字，或者把整段文字放进一对双引号。",
        "there are more words after the closing bracket; delete them, or put the whole text in quotes",
    ),
    bad_escape=(
        "双引号里的“{escape}”没有意义；要写反斜杠，请写两个：\\\\。",
        '"{escape}" means nothing in double quotes; for a backslash write two: \\\\',
    ),
    bracket_open=(
        "这里的“{opening}”没有结束；请在这一项的末尾补上“{closing}”。",
        'the "{opening}" that opens here is not closed; add "{closing}" where the item ends',
    ),
    bracket_text=(
        "括号里读到这里读不懂；如果文字里有逗号、冒号或括号，请给它加上双引号，否则检查是否少了“,”或“{closing}”。",
        'the brackets cannot be read from here on; put a text with a comma, colon or bracket in it in quotes, or add the missing "," or "{closing}"',
    ),
    bracket_extra=(
        "多了一个“{bracket}”；请把它删掉。",
        'there is a "{bracket}" too many; delete it',
    ),
    bad_start=(
        "没有引号的文字不能以“{character}”开头；请给整段文字加上双引号。",
        'a text without quotes cannot start with "{character}"; put the whole text in quotes',
    ),
    comma_in_text=(
        '花括号里没有引号的文字到第一个逗号就结束了，“{word}”成了多余的；请给整段文字加上双引号：{key}: "…"。',
        'in braces a text without quotes ends at its first comma, so "{word}" is left over; put the whole text in quotes: {key}: "…"',
    ),
    yaml_other=(
        "从这里起读不懂（{problem}）；请和旁边的写法比较，文字可以加上双引号再试。",
        "the file cannot be read from here on ({problem}); compare with the lines around, and try putting the text in quotes",
    ),
    several_documents=(
        "“---”在这里开始了第二份内容；一个文件只能有一份，请删掉这一行。",
        '"---" starts a second document here; a file holds one, delete this line',
    ),
    too_deep=(
        "这里已经超过 {limit} 层；请检查括号和缩进。",
        "this is more than {limit} levels deep; check brackets and indentation",
    ),
    anchor=(
        "“&{name}”是 YAML 的锚点，脚本里不能用；请删掉它，如果是文字请加上双引号。",
        '"&{name}" is a YAML anchor, which scripts do not use; delete it, or put the text in quotes',
    ),
    alias=(
        "“*{name}”是 YAML 的引用，脚本里不能用；请把内容写出来，如果是文字请加上双引号。",
        '"*{name}" is a YAML alias, which scripts do not use; write the content out, or put the text in quotes',
    ),
    merge_key=(
        "“<<”是 YAML 的合并，脚本里不能用；请把这些字段写出来。",
        '"<<" is a YAML merge, which scripts do not use; write the keys out',
    ),
    tag=(
        "“{tag}”是 YAML 的标签，脚本里不能用；请删掉它，如果是文字请加上双引号。",
        '"{tag}" is a YAML tag, which scripts do not use; delete it, or put the text in quotes',
    ),
    key_not_word=(
        "冒号前面应该是一个字段名，这里却是列表或括号；请给它加上双引号，或者改正括号。",
        "a key must be one word, this is a list or brackets; put it in quotes, or correct the brackets",
    ),
)

_KEYS = _rule(
    "keys",
    duplicate_key=(
        "“{key}”写了两次，第一次在第 {line} 行；请删掉一个。",
        '"{key}" is given twice, first in line {line}; delete one of them',
    ),
    unknown_key=(
        "{record}没有“{word}”这个字段；{hint}",
        '{record} has no key "{word}"; {hint}',
    ),
    missing_key=(
        "{record}缺少字段“{key}”；请补上一行“{key}: …”。",
        '{record} has no "{key}"; add "{key}: …"',
    ),
    key_of_other_kind=(
        "“{key}”只用于 kind 为 {kinds} 的问题，这个问题的 kind 是 {kind}；请删掉它或改正 kind。",
        '"{key}" goes with questions of kind {kinds}, this one is of kind {kind}; delete it or correct the kind',
    ),
    missing_key_of_kind=(
        "kind 为 {kind} 的问题需要“{key}”；请补上“{key}: …”。",
        'a question of kind {kind} needs "{key}"; add "{key}: …"',
    ),
)

_VALUES = _rule(
    "values",
    no_value=(
        "这里没有内容；请写上{wanted}，不需要就删掉这一行。",
        "there is nothing here; write {wanted}, or delete the line if it is not needed",
    ),
    wrong_shape=(
        "这里写的是{found}；应该写{wanted}。",
        "this is {found}; write {wanted} instead",
    ),
    not_whole=(
        "“{word}”不是整数；请写成例如 18。",
        '"{word}" is not a whole number; write for example 18',
    ),
    not_decimal=(
        "“{word}”不是最多 {decimals} 位小数的数；请写成例如 18.5。",
        '"{word}" is not a number with at most {decimals} decimals; write for example 18.5',
    ),
    number_range=(
        "{word} 超出了范围；请写 {low} 到 {high} 之间的整数。",
        "{word} is out of range; write a whole number from {low} to {high}",
    ),
    decimal_range=(
        "{word} 超出了范围；请写 {low} 到 {high} 之间的数。",
        "{word} is out of range; write a number from {low} to {high}",
    ),
    not_true_false=(
        "“{word}”应该是 true（是）或 false（否）。",
        '"{word}" should be true or false',
    ),
    not_one_of=(
        "这里不能写“{word}”；{hint}",
        '"{word}" cannot be used here; {hint}',
    ),
    empty_list=(
        "列表里什么也没有；请至少写一项。",
        "the list is empty; write at least one item",
    ),
    listed_twice=(
        "“{word}”在这个列表里写了两次；请删掉一个。",
        '"{word}" is in this list twice; delete one of them',
    ),
    format_unknown=(
        "这个程序读的是格式 1，文件写的是“{word}”；请写 format: 1。",
        'this program reads format 1, the file says "{word}"; write format: 1',
    ),
)

_IDS = _rule(
    "ids",
    bad_id=(
        "“{word}”不能用作编号；请用小写英文字母开头，后面只用小写字母、数字和下划线，例如 other_trial。",
        '"{word}" cannot be an id; start with a lower-case letter and use only lower-case letters, digits and _, for example other_trial',
    ),
    bad_flow_id=(
        "“{word}”不能用作流程编号；请用小写英文字母开头，后面只用小写字母、数字和连字符，例如 melasma-exosome。",
        '"{word}" cannot be a flow\'s id; start with a lower-case letter and use only lower-case letters, digits and -, for example melasma-exosome',
    ),
    bad_criterion_id=(
        "“{word}”不是方案里的标准编号；入选标准写 I1、I2…，排除标准写 E1、E2…。",
        '"{word}" is not a number of the protocol; write I1, I2, … for inclusion and E1, E2, … for exclusion',
    ),
    bad_note_id=(
        "“{word}”不能用作说明的编号；请用一个字母加数字，例如 C1。",
        '"{word}" cannot be the id of a note; use a letter and a number, for example C1',
    ),
    id_too_long=(
        "“{word}”有 {length} 个字符，最多 {limit} 个（Telegram 按钮的限制）；请写短一些。",
        '"{word}" has {length} characters, at most {limit} fit (a limit of Telegram\'s buttons); make it shorter',
    ),
    reserved_id=(
        "“{word}”是程序自己要用的词；请换一个编号。",
        '"{word}" is a word the program uses itself; choose another id',
    ),
    duplicate_id=(
        "“{word}”用了两次，第一次在第 {line} 行；请给其中一个换编号。",
        '"{word}" is used twice, first in line {line}; give one of them another id',
    ),
)

_LANGUAGES = _rule(
    "languages",
    bad_language=(
        "“{word}”不是语言代码；请写例如 zh、en、zh-Hant。",
        '"{word}" is not a language code; write for example zh, en, zh-Hant',
    ),
    language_needed=(
        "脚本必须有中文和英文；请在列表里加上 {code}（{language}）。",
        "a script is always in Chinese and English; add {code} ({language}) to the list",
    ),
    text_not_by_language=(
        "这段文字需要每种语言各写一份；请写成 {{{example}}}。",
        "this text is needed in every language; write {{{example}}}",
    ),
    text_misses_language=(
        "这段文字缺少{language}；请补上“{code}: …”。",
        'this text has no {language}; add "{code}: …"',
    ),
    text_blank=(
        "{language}文字是空的；请写上内容。",
        "the {language} text is blank; write it",
    ),
    text_unknown_language=(
        "没有“{word}”这种语言；{hint}",
        'there is no language "{word}"; {hint}',
    ),
)

_REFERENCES = _rule(
    "references",
    unknown_criterion=(
        "没有“{word}”这条标准；{hint}",
        'there is no criterion "{word}"; {hint}',
    ),
    unknown_answer_set=(
        "没有“{word}”这组选项；{hint}",
        'there is no answer set "{word}"; {hint}',
    ),
    unknown_code=(
        "问题“{question}”没有“{word}”这个选项；{hint}",
        'question "{question}" has no answer "{word}"; {hint}',
    ),
    linked_and_decided=(
        "“{word}”已经写在 criteria 里；请从 linked 里删掉它。",
        '"{word}" is already among the criteria of this question; delete it from linked',
    ),
)

_MEANINGS = _rule(
    "meanings",
    no_meaning=(
        "问题“{question}”没有说明这些回答的含义：{codes}；请在 means 里给每一个写上 meets、fails、open、na 或 next。",
        'question "{question}" does not say what these answers mean: {codes}; give each of them meets, fails, open, na or next under means',
    ),
    meaning_of_criterion=(
        "“{word}”没有说明对标准 {criterion} 的含义；请在花括号里补上“{criterion}: …”。",
        '"{word}" says nothing of criterion {criterion}; add "{criterion}: …" inside the braces',
    ),
    meaning_twice=(
        "“{word}”的含义写了两次，选项里一次，means 里一次；请删掉一个。",
        'the meaning of "{word}" is given twice, with the option and under means; delete one of them',
    ),
    next_in_range=(
        "“{word}”的含义是 next，可是数字题不能引出追问；请写 meets、fails、open 或 na。",
        '"{word}" means next, but a number opens no follow-up; write meets, fails, open or na',
    ),
    next_without_question=(
        "“{word}”的含义是 next，可是后面没有针对标准 {criterion}、在 ask_if 里提到“{question}”的问题；请加上这个追问，或者写 meets、fails、open。",
        '"{word}" means next, but no later question for criterion {criterion} mentions "{question}" in its ask_if; add that follow-up, or write meets, fails or open',
    ),
)

_LASTING = _rule(
    "lasting",
    no_lasting=(
        "“{word}”是 fails，却没有说明会不会变；请补上 lasting: permanent（不会变）或 lasting: temporary（以后可能符合）。",
        '"{word}" means fails, but not for how long; add lasting: permanent, or lasting: temporary if it can pass',
    ),
)

_RANGES = _rule(
    "ranges",
    range_reversed=(
        "从 {low} 到 {high} 是反的；from 应该不大于 to。",
        "{low} to {high} runs backwards; from must not be more than to",
    ),
    range_outside=(
        "这一段全在 valid（{low} 到 {high}）之外，不会用到；请删掉它或改正数字。",
        "this range lies outside valid ({low} to {high}) and is never used; delete it or correct the numbers",
    ),
    range_gap=(
        "没有一段包括 {span}；请让 ranges 盖住 valid 里的每个数。",
        "no range covers {span}; let the ranges cover every number of valid",
    ),
    range_overlap=(
        "{span} 已经在第 {line} 行的那一段里；每个数只能属于一段。",
        "{span} is already covered by the range in line {line}; a number may belong to one range only",
    ),
    value_outside=(
        "算出来的值在 {low} 到 {high} 之间，这一段不会用到；请删掉它或改正数字。",
        "the value lies between {low} and {high}, so this range is never used; delete it or correct the numbers",
    ),
    value_gap=(
        "没有一段包括 {span}；请让 ranges 盖住可能算出来的每个值。",
        "no range covers {span}; let the ranges cover every value that can come out",
    ),
)

_COMPUTED = _rule(
    "computed",
    computed_not_number=(
        "公式要用“{word}”，它却不是数字题；请换成 kind 为 number 的问题。",
        'the formula takes "{word}", which is no question for a number; name one of kind number',
    ),
    computed_unit=(
        "公式里的 {term} 以 {unit} 为单位，问题“{word}”却不是；请给这道题写上单位 {unit}。",
        'the formula takes {term} in {unit}, question "{word}" does not ask for that; give the question the unit {unit}',
    ),
    computed_zero=(
        "公式里的 {term} 必须大于 0，问题“{word}”却接受更小的数；请改正这道题的 valid。",
        'the formula needs {term} to be more than 0, question "{word}" accepts less; correct the valid of that question',
    ),
    computed_criterion=(
        "问题“{word}”没有写标准 {criterion}，跳过它时就没有人知道；请在这道题的 criteria 里加上 {criterion}。",
        'question "{word}" does not name criterion {criterion}, so skipping it would go unnoticed; add {criterion} to the criteria of that question',
    ),
    value_of_team=(
        "“{question}”要判断标准 {criterion}，可是它写的是 settled_by: {settled_by}；请把这条标准写成 settled_by: questions。",
        '"{question}" decides criterion {criterion}, which says settled_by: {settled_by}; write settled_by: questions with the criterion',
    ),
)

_WINDOWS = _rule(
    "windows",
    window_one_of=(
        "window 里要写 months、weeks 或 days 中的一个；请只留一个。",
        "a window is counted in months, weeks or days; give exactly one of them",
    ),
)

_CONDITIONS = _rule(
    "conditions",
    condition_unreadable=(
        "条件读到“{word}”读不懂；请写成例如 pregnant != na，或 hormones in [pill, hrt]，用 and 或 or 连接。",
        'the condition cannot be read at "{word}"; write for example pregnant != na, or hormones in [pill, hrt], joined by and / or',
    ),
    condition_ends=(
        "条件没有写完；请写成例如 pregnant != na，或 hormones in [pill, hrt]。",
        "the condition is not finished; write for example pregnant != na, or hormones in [pill, hrt]",
    ),
    condition_operator=(
        "条件里不能写“{word}”；请写 {right}。",
        'a condition has no "{word}"; write {right}',
    ),
    condition_mixed=(
        "一个条件里不能同时用 and 和 or；请只用一种，或用 in [..] 把几个选项合在一起。",
        "and / or cannot be mixed in one condition; use one of them, or in [..] for several answers",
    ),
    condition_brackets=(
        "条件里不能用圆括号；请只用 and 或只用 or。",
        "a condition has no round brackets; use only and, or only or",
    ),
    condition_unknown=(
        "没有“{word}”这个问题；{hint}",
        'there is no question "{word}"; {hint}',
    ),
    condition_later=(
        "问题“{word}”在后面（第 {line} 行），条件只能看前面的问题；请调整问题的顺序。",
        'question "{word}" comes later (line {line}), a condition can look only at earlier ones; change the order of the questions',
    ),
    condition_itself=(
        "条件看的是这个问题自己；请改成前面的问题。",
        "the condition looks at its own question; name an earlier one",
    ),
    condition_no_codes=(
        "问题“{word}”没有选项，不能用在条件里；条件只能看有选项的问题。",
        'question "{word}" has no answer options, so a condition cannot look at it; name one that has',
    ),
)

_CRITERIA = _rule(
    "criteria",
    criterion_not_asked=(
        "标准 {criterion} 写的是由问题判断，可是没有问题针对它；请给一个问题写上 criteria: [{criterion}]，或者写明由谁判断：settled_by: coordinator、visit 或 investigator。",
        "criterion {criterion} is settled by questions, but no question decides it; add criteria: [{criterion}] to a question, or say who settles it: settled_by: coordinator, visit or investigator",
    ),
    criterion_of_team=(
        "问题“{question}”要判断标准 {criterion}，可是它写的是 settled_by: {settled_by}；请改成 linked: [{criterion}]，或者把这条标准写成 settled_by: questions。",
        'question "{question}" decides criterion {criterion}, which says settled_by: {settled_by}; write linked: [{criterion}] instead, or settled_by: questions with the criterion',
    ),
    criterion_kind=(
        "编号 {criterion} 和 kind: {kind} 对不上；入选标准（inclusion）用 I，排除标准（exclusion）用 E。",
        "the id {criterion} does not go with kind: {kind}; inclusion criteria are I…, exclusion criteria E…",
    ),
    ending_needed=(
        "标准 {criterion} 写了 disclose: topic，需要写明结束语；请补上 ending，或写 disclose: none。",
        "criterion {criterion} says disclose: topic and so needs its own words; add ending, or write disclose: none",
    ),
    ending_unused=(
        "只有 disclose: topic 才会用到 ending；请写上 disclose: topic，或者删掉 ending。",
        "ending is used only with disclose: topic; write that, or delete the ending",
    ),
)

_PLACEHOLDERS = _rule(
    "placeholders",
    unknown_placeholder=(
        "没有“{word}”这个占位符；{hint}",
        'there is no placeholder "{word}"; {hint}',
    ),
    placeholder_not_here=(
        "“{word}”只能用在“{where}”里；请从这里删掉。",
        '"{word}" can be used only in "{where}"; remove it here',
    ),
    placeholder_missing=(
        "这段{language}没有“{word}”，{other}里却有；请让各种语言的占位符一致。",
        'the {language} text has no "{word}", the {other} text has; use the same placeholders in every language',
    ),
    brace_alone=(
        "这里的“{brace}”没有配对；占位符写成 {{phone}} 的样子，不是占位符就删掉它。",
        'this "{brace}" has no partner; a placeholder is written {{phone}}, otherwise delete it',
    ),
    date_needed=(
        "“{where}”要告诉参与者日期；请在文字里写上 {{date}}。",
        '"{where}" tells people a date; put {{date}} in the text',
    ),
)

_LENGTHS = _rule(
    "lengths",
    label_too_long=(
        "按钮文字有 {length} 个字符，最多 {limit} 个；请写短一些，细节放在 help 里。",
        "the button text has {length} characters, at most {limit} fit; make it shorter and put details in help",
    ),
    short_too_long=(
        "short 有 {length} 个字符，{language}最多 {limit} 个；请写短一些。",
        "short has {length} characters, at most {limit} fit in {language}; make it shorter",
    ),
    message_too_long=(
        "这段文字有 {length} 个字符，一条消息最多 {limit} 个；请写短一些。",
        "this text has {length} characters, one message holds {limit}; make it shorter",
    ),
    notice_too_long=(
        "告知书的{language}一共有 {length} 个字符，一条消息最多 {limit} 个；请写短一些。",
        "the notice has {length} characters in {language}, one message holds {limit}; make it shorter",
    ),
)

_LABELS = _rule(
    "labels",
    label_twice=(
        "两个选项的{language}都是“{words}”，参与者分不出来；请改其中一个。",
        'two answers are both "{words}" in {language}, nobody can tell them apart; change one of them',
    ),
)

_CASES = _rule(
    "cases",
    unreadable_file=(
        "这个文件打不开（{problem}）；请检查文件名。",
        "the file cannot be opened ({problem}); check its name",
    ),
    case_twice=(
        "用例编号“{word}”用了两次，第一次在 {where}；请给其中一个换编号。",
        'the case id "{word}" is used twice, first at {where}; give one of them another id',
    ),
    unknown_case=(
        "没有“{word}”这个用例；{hint}",
        'there is no case "{word}"; {hint}',
    ),
    unknown_question=(
        "没有“{word}”这个问题；{hint}",
        'there is no question "{word}"; {hint}',
    ),
    unknown_answer=(
        "问题“{question}”不能回答“{word}”；{hint}",
        'question "{question}" cannot be answered with "{word}"; {hint}',
    ),
    not_a_day=(
        "“{word}”不是日期；请写成例如 2026-06-15（1950年至2199年）。",
        '"{word}" is not a day; write for example 2026-06-15 (from 1950 to 2199)',
    ),
)

_TO_BE_WRITTEN = _rule(
    "to_be_written",
    part_to_be_written=(
        "“{part}”还没写；请写上内容。",
        '"{part}" is still to be written; write it',
    ),
    text_to_be_written=(
        "“{part}”的{language}还没写；请写上，和其他语言的意思要一样。",
        'the {language} of "{part}" is still to be written; write it, saying the same as the other languages',
    ),
    criterion_to_be_written=(
        "标准 {criterion} 还没有着落；请写一道问它的题并在这里写 questions，或者写明由谁判断：coordinator、visit 或 investigator。",
        "criterion {criterion} is not taken care of yet; write a question for it and put questions here, or say who settles it: coordinator, visit or investigator",
    ),
)

_FOLDER = _rule(
    "folder",
    True,
    folder_differs=(
        "流程编号是“{flow}”，文件夹却叫“{folder}”；请让两个名字一样。",
        'the flow is called "{flow}", its folder "{folder}"; give both the same name',
    ),
)

_UNUSED = _rule(
    "unused",
    True,
    unused_answer_set=(
        "没有问题用到“{word}”这组选项；不需要就删掉。",
        'no question uses the answer set "{word}"; delete it if it is not needed',
    ),
)

CATALOGUE: Mapping[str, Sentence] = {
    **_FILE,
    **_YAML,
    **_KEYS,
    **_VALUES,
    **_IDS,
    **_LANGUAGES,
    **_REFERENCES,
    **_MEANINGS,
    **_LASTING,
    **_RANGES,
    **_COMPUTED,
    **_WINDOWS,
    **_CONDITIONS,
    **_CRITERIA,
    **_PLACEHOLDERS,
    **_LENGTHS,
    **_LABELS,
    **_CASES,
    **_TO_BE_WRITTEN,
    **_FOLDER,
    **_UNUSED,
}

_LANGUAGE_NAMES: Mapping[str, Text] = {
    "zh": {"zh": "中文", "en": "Chinese"},
    "en": {"zh": "英文", "en": "English"},
}


def language_name(code: str) -> Text:
    """What a sentence calls a language; its code, if it has no name here."""
    return _LANGUAGE_NAMES.get(code, {"zh": f" {code} ", "en": code})


# What a sentence calls the thing it expected or found.
A_TEXT: Text = {"zh": "一段文字", "en": "a text"}
A_WORD: Text = {"zh": "一个词", "en": "a word"}
A_NUMBER: Text = {"zh": "一个整数", "en": "a whole number"}
TRUE_OR_FALSE: Text = {"zh": "true 或 false", "en": "true or false"}
A_DECIMAL: Text = {"zh": "一个数", "en": "a number"}
A_LIST: Text = {"zh": "列表（[…] 或每行以“- ”开头）", "en": 'a list ([…], or lines that start with "- ")'}
KEYS_AND_VALUES: Text = {"zh": "“字段: 内容”", "en": '"key: value" lines'}
A_CONDITION: Text = {"zh": "一个条件", "en": "a condition"}
A_MEANING: Text = {"zh": "回答的含义", "en": "what the answer means"}
A_DAY: Text = {"zh": "一个日期", "en": "a day"}
A_SINGLE_VALUE: Text = {"zh": "单独一个值", "en": "a single value"}

# What a sentence calls the part of a script whose keys it speaks of.
THE_SCRIPT: Text = {"zh": "脚本", "en": "the script"}
STUDY: Text = {"zh": "study 部分", "en": "study"}
SETTINGS: Text = {"zh": "settings 部分", "en": "settings"}
TEXTS: Text = {"zh": "texts 部分", "en": "texts"}
NOTICE: Text = {"zh": "notice 部分", "en": "notice"}
A_CRITERION: Text = {"zh": "这条标准", "en": "this criterion"}
A_QUESTION: Text = {"zh": "这个问题", "en": "this question"}
AN_OPTION: Text = {"zh": "这个选项", "en": "this option"}
A_RANGE: Text = {"zh": "这一段", "en": "this range"}
VALID: Text = {"zh": "valid", "en": "valid"}
WINDOW: Text = {"zh": "window", "en": "window"}
A_COMPUTED: Text = {"zh": "这个计算值", "en": "this computed value"}
TERMS: Text = {"zh": "from", "en": "from"}
A_NOTE: Text = {"zh": "这条说明", "en": "this note"}
A_FLAG: Text = {"zh": "这条标记", "en": "this flag"}
A_CASE: Text = {"zh": "这个用例", "en": "this case"}
AN_EDIT: Text = {"zh": "这处修改", "en": "this edit"}
EARLIER: Text = {"zh": "earlier 部分", "en": "earlier"}
EXPECT: Text = {"zh": "expect 部分", "en": "expect"}

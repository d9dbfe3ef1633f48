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
    not_a_script=(
        "{name} 不是流程脚本；流程脚本是叫 flow.yaml 的文件，请检查文件名。",
        "{name} is not a flow script; a script is a file called flow.yaml, check the name",
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
    quote_missing=(
        '这里的引号没有结束；请在“{word}”后面补上引号 "。',
        'the quotation mark before "{word}" is never closed; add the closing " after that text',
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
    escape_unseen=(
        "双引号里的“{escape}”代表一个看不见、也存不下的字符（{code}）；请把它删掉，直接输入想写的字。",
        '"{escape}" in double quotes stands for a character that cannot be seen or kept ({code}); delete it and type the word itself',
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
    chinese_quotes=(
        "“{word}”用了中文引号；请改成英文（半角）引号，或者不加引号：{word}。",
        'these are Chinese quotation marks; put "{word}" in English ones, or in none',
    ),
    wide_brackets=(
        "这里的括号是全角的；请改成英文（半角）方括号：[{items}]。",
        "these brackets are full-width; write ordinary ones: [{items}]",
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

_UNSURE = _rule(
    "unsure",
    unsure_fails=(
        "“{word}”是不确定，却写成 fails；不确定和跳过绝不算不符合，请写 open。",
        '"{word}" is a "not sure" and means fails; not being sure and Skip never fail anybody, write open',
    ),
    unsure_meets=(
        "“{word}”是不确定，却写成 meets；请写 open，由人核实。",
        '"{word}" is a "not sure" and means meets; write open, so that a person checks',
    ),
)

_REACH = _rule(
    "reach",
    condition_never=(
        "这个条件永远不成立，没有一组回答能满足它；请改正其中一部分，或者把 and 改成 or。",
        "no answers can make this condition true; correct one part of it, or write or instead of and",
    ),
    never_reached=(
        "没有回答能走到问题“{question}”：满足条件的回答都是 fails，而 stop: {stop} 这时已经停止；请改条件、改含义或改 stop。",
        'no answers lead to question "{question}": all that fit its condition fail, and stop: {stop} ends the questions there; change the condition, the meaning or stop',
    ),
    next_leads_nowhere=(
        "选了“{word}”就没有下文：它的含义是 next，可是后面针对标准 {criterion} 的问题都不会因为它而问；请把它写进后面问题的 ask_if（{question} in [..., {word}]），或者写 open。",
        '"{word}" leads nowhere: it means next, but no later question for criterion {criterion} is asked after it; add it to that question\'s ask_if ({question} in [..., {word}]), or write open',
    ),
) | _rule(
    "reach",
    True,
    condition_always=(
        "不管怎么回答，这个条件都成立；请删掉 ask_if，或者改正条件。",
        "this condition is true whatever people answer; delete it, or correct it",
    ),
)

_LEDGER = _rule(
    "ledger",
    all_fail=(
        "问题“{question}”的每个明确回答都让标准 {criterion} 不符合，谁都过不了；请让符合的回答写 meets。",
        'every firm answer to "{question}" fails criterion {criterion}, so nobody passes; give the answer that fits the meaning meets',
    ),
    never_met=(
        "问题“{question}”没有一个回答让标准 {criterion} 符合；请让符合的回答写 meets。",
        'no answer to "{question}" meets criterion {criterion}; give the answer that fits the meaning meets',
    ),
    answers_alike=(
        "问题“{question}”怎么回答都是 meets，等于没问；请让不符合的回答写 fails 或 open，或者删掉这一题。",
        'every answer to "{question}" means meets, so the question decides nothing; give one of them fails or open, or delete the question',
    ),
    lasting_unused=(
        "“{question}”写了 lasting，可是没有一个回答是 fails；请让不符合的回答写 fails，或者删掉 lasting。",
        '"{question}" has lasting, but none of its answers fails; give the answer that does not fit the meaning fails, or delete lasting',
    ),
    never_failed=(
        "没有一个回答能让标准 {criterion} 不符合；请让不符合的回答写 fails，如果本来就只由人核实，请写 never_fails: true。",
        "no answer can fail criterion {criterion}; give an answer the meaning fails, or write never_fails: true if only a person may decide it",
    ),
    fails_after_all=(
        "标准 {criterion} 写了 never_fails: true，可是第 {line} 行的问题“{question}”有回答是 fails；请改成 open，或者删掉 never_fails。",
        'criterion {criterion} says never_fails: true, but an answer to "{question}" in line {line} fails it; write open there, or delete never_fails',
    ),
    date_never=(
        "标准 {criterion} 写了 disclose: date_only，可是没有问题能算出日期；请写 disclose: none，或者用带 window 的日期问题。",
        "criterion {criterion} says disclose: date_only, but no question of it gives a date; write disclose: none, or ask for a date with a window",
    ),
)

_READING = _rule(
    "reading",
    True,
    ask_long=(
        "这个问题的{language}有 {length} {unit}，最多 {limit} {unit}；请写短一些，细节放进 help。",
        "this question has {length} {unit} in {language}, at most {limit} read well; make it shorter and put details in help",
    ),
    help_long=(
        "这段说明的{language}有 {length} {unit}，最多 {limit} {unit}；请写短一些。",
        "this help has {length} {unit} in {language}, at most {limit} read well; make it shorter",
    ),
    sentence_long=(
        "这句{language}有 {length} {unit}，最多 {limit} {unit}；请分成两句。",
        "this sentence has {length} {unit} in {language}, at most {limit} read well; make two of it",
    ),
)

_ASKING = _rule(
    "asking",
    True,
    question_mark_missing=(
        "这个问题的{language}没有问号；请写成一个以问号结尾的问句。",
        "this question has no question mark in {language}; write it as one question that ends with one",
    ),
    question_mark_second=(
        "这里又有一个问号；一题只问一件事，请去掉一个，或者分成两题。",
        "this is a second question mark; ask one thing at a time, remove one or make two questions",
    ),
    question_mark_here=(
        "这里不是提问，却有问号；问句只写在 ask 里，请改成陈述句。",
        "this text asks nothing, but has a question mark; questions stand in ask only, write a statement",
    ),
    two_parts=(
        "“{word}”像是一题问了两件事；请分成两题。",
        '"{word}" seems to ask two things at once; make two questions of it',
    ),
    asked_in_negative=(
        "“{word}”是否定的问法，很难用“是”或“否”回答；请从正面问。",
        '"{word}" asks in the negative, which is hard to answer with yes or no; ask in the positive',
    ),
)

_JARGON = _rule(
    "jargon",
    True,
    jargon=(
        "“{word}”不是人人都懂，help 里却没有解释；请在 help 里说明它是什么，或举例。",
        'not everybody knows "{word}", and the help does not explain it; say there what it is, or give examples',
    ),
)

_SLOTS = _rule(
    "slots",
    slot_needs=(
        "“{where}”里必须有“{word}”（{language}没有）；请补上。",
        '"{where}" must hold "{word}" (the {language} text has none); add it',
    ),
)

_SITE_FACTS = _rule(
    "site_facts",
    phone_written=(
        "不要在脚本里直接写电话“{word}”；请写 {{phone}}，号码在机构设置里。",
        'do not write the phone number "{word}" in a script; write {{phone}}, the number is a setting of the site',
    ),
    days_written=(
        "不要在脚本里直接写“{word}”；请写 {{delete_days}}、{{stop_days}} 或 {{keep_days}}，天数在机构设置里。",
        'do not write "{word}" in a script; write {{delete_days}}, {{stop_days}} or {{keep_days}}, the days are settings of the site',
    ),
)

_PUNCTUATION = _rule(
    "punctuation",
    True,
    half_width=(
        "中文里用了半角的“{word}”；请改成“{right}”。",
        'this "{word}" in a Chinese text is half-width; write "{right}"',
    ),
    full_width=(
        "英文里用了全角的“{word}”；请改成半角的 {right}。",
        'this "{word}" in an English text is full-width; write {right}',
    ),
)

_TONE = _rule(
    "tone",
    True,
    tone_informal=(
        "“{word}”不够礼貌；请写“您”。",
        '"{word}" is not polite enough; write "您"',
    ),
    tone_subject=(
        "给参与者看的文字不写“{word}”；请写“您”或“参与者”。",
        'a text for participants does not say "{word}"; write "you" or "participant"',
    ),
    tone_praise=(
        "不夸奖参与者：“{word}”；请写中性的话，例如“谢谢”。",
        'answers are not praised: "{word}"; write something neutral, such as "Thank you"',
    ),
    tone_regret=(
        "不表示难过或抱歉：“{word}”；请写中性的话，例如“可能不适合”。",
        'no regret is shown: "{word}"; write something neutral, such as "may not be a fit"',
    ),
    tone_emoji=(
        "文字里不用表情符号“{word}”；请删掉。",
        'texts have no emoji ("{word}"); delete it',
    ),
)

_CLAIMS = _rule(
    "claims",
    claim=(
        "“{word}”像是在说产品安全、有效，或者保证某人合格，不能写给参与者；请改写，确实需要就写进 allowed_phrases 并说明理由。",
        '"{word}" reads like a claim that something is safe or works, or that somebody qualifies; write it differently, or list it under allowed_phrases with a reason',
    ),
)

_INDUCEMENT = _rule(
    "inducement",
    inducement=(
        "“{word}”是在用钱、名额或催促劝人参加，不能写给参与者；请改写，确实需要就写进 allowed_phrases 并说明理由。",
        '"{word}" talks people into joining by money, scarcity or hurry; write it differently, or list it under allowed_phrases with a reason',
    ),
)

_ALLOWED = _rule(
    "allowed",
    True,
    allowed_unused=(
        "脚本里没有“{word}”，这条例外用不上；请删掉它，或者改成文字里的写法。",
        'no text has "{word}", so this exception is not needed; delete it, or write it as the text has it',
    ),
)

_NUMBERS = _rule(
    "numbers",
    number_differs=(
        "中文写的是“{zh}”，英文写的是“{en}”；请改成一样的数。",
        'Chinese says "{zh}", English says "{en}"; give both the same number',
    ),
    number_not_in_english=(
        "中文有“{word}”，英文没有；请补上，或者从中文里删掉。",
        'Chinese has "{word}", English has not; add it, or delete it from the Chinese text',
    ),
    number_not_in_chinese=(
        "英文有“{word}”，中文没有；请补上，或者从英文里删掉。",
        'English has "{word}", Chinese has not; add it, or delete it from the English text',
    ),
    comparison_differs=(
        "中文的“{zh}”和英文的“{en}”比较的意思不同；请改成一样，例如都写“至少”（at least）。",
        'the Chinese "{zh}" and the English "{en}" compare differently; make them the same, for example 至少 with at least',
    ),
    unit_differs=(
        "中文的单位是“{zh}”，英文的单位是“{en}”；请写成同一个单位。",
        'the unit is "{zh}" in Chinese and "{en}" in English; give both the same unit',
    ),
)

_NUMBERS |= _rule(
    "numbers",
    True,
    comparison_unclear=(
        "“{zh}”按字面含本数，“{en}”不含，平常说话时不一定有意区分；请在两种语言里都写明正好这个数算不算，例如“18岁及以上”（18 or older）。",
        '"{zh}" takes the number in, "{en}" does not, though in everyday speech that may not be meant; say in both whether exactly this number counts, for example 18岁及以上 with 18 or older',
    ),
)

_NEGATION = _rule(
    "negation",
    negation=(
        "这句{language}有否定的“{word}”，{other}（第 {line} 行）却没有否定；请改成一样的意思，本来就一样的，写进 allowed_phrases 并说明理由。",
        'the {language} sentence denies ("{word}"), the {other} one in line {line} does not; make them mean the same, or list the words under allowed_phrases with a reason if they do',
    ),
)

_NEGATION |= _rule(
    "negation",
    True,
    negation_perhaps=(
        "这句{language}有否定的“{word}”，{other}（第 {line} 行）没有否定词，程序看不出是不是用了反义词；请核对两种语言的意思。",
        'the {language} sentence denies ("{word}"), the {other} one in line {line} has no word that does, perhaps it has an opposite, which cannot be told for certain; check that both mean the same',
    ),
)

_YES_NO = _rule(
    "yes_no",
    label_not_yes=(
        "代码 {word} 是肯定的回答，{language}按钮“{words}”却不是；请改按钮或代码，别和“否”对调。",
        'code {word} is a yes, its {language} button "{words}" is none; correct one of them, perhaps two buttons were swapped',
    ),
    label_not_no=(
        "代码 {word} 是否定的回答，{language}按钮“{words}”却不是；请改按钮或代码，别和“是”对调。",
        'code {word} is a no, its {language} button "{words}" is none; correct one of them, perhaps two buttons were swapped',
    ),
    label_not_unsure=(
        "代码 {word} 是不确定，{language}按钮“{words}”却不是；请写“不确定”（Not sure），或者换一个代码。",
        'code {word} is "not sure", its {language} button "{words}" is something else; write 不确定 and Not sure, or use another code',
    ),
)

_INVERTED = _rule(
    "inverted",
    inverted=(
        "“{word}”让标准 {criterion} 符合，而“{other}”不符合，和标准说的正好相反；请把两个含义对调，或者改问法。",
        '"{word}" meets criterion {criterion} and "{other}" does not, the opposite of what the criterion says; swap their meanings, or ask the other way round',
    ),
)

_GLOSSARY = _rule(
    "glossary",
    term_differs=(
        "这里有术语“{word}”，{language}却没有对应的“{right}”；请用 glossary 里的译法。",
        'this has the term "{word}", but the {language} text has no "{right}"; use the translation of the glossary',
    ),
)

_WRONG_LANGUAGE = _rule(
    "wrong_language",
    not_translated=(
        "中文和英文一模一样；请翻译成中文。",
        "the Chinese text is the English one; translate it",
    ),
    no_chinese=(
        "这段中文里没有中文；请翻译成中文。",
        "there is no Chinese in this Chinese text; translate it",
    ),
    english_in_chinese=(
        "中文里还有英文“{word}”；请翻译成中文。",
        'there is English left in the Chinese text: "{word}"; translate it',
    ),
    chinese_in_english=(
        "英文里还有中文“{word}”；请翻译成英文。",
        'there is Chinese left in the English text: "{word}"; translate it',
    ),
)

_LIMITS = _rule(
    "limits",
    limit_differs=(
        "这里的界限是 {limit}，标准 {criterion} 的 {where}（第 {line} 行）写的却不是；请让两处一致，以方案为准。",
        "the limit here is {limit}, the {where} of criterion {criterion} in line {line} says otherwise; make them agree with the protocol",
    ),
    margin_differs=(
        "这里由人核实的一段到 {limit}，说明 {note}（第 {line} 行）写的却不是；请让两处一致。",
        "what a person checks here ends at {limit}, note {note} in line {line} says otherwise; make them agree",
    ),
    duration_differs=(
        "问的是“{word}”，标准 {criterion}（第 {line} 行）写的却不是这段时间；请让两处一致，以方案为准。",
        'this asks about "{word}", criterion {criterion} in line {line} gives another time; make them agree with the protocol',
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

#: What is said when it is not the script that is wrong.
_OURS_ZH = "这是程序的错，不是脚本的错，请先不要使用这份脚本，并把这一行发给开发者。"
_OURS_EN = "this is a mistake of the program, not of the script: do not use the script yet and send this line to its makers"

_WALK = _rule(
    "walk",
    walk_answer=(
        "问题“{question}”回答“{answer}”，按脚本的意思是 {wanted}，程序得出的却是 {got}；" + _OURS_ZH,
        'to question "{question}", "{answer}" means {wanted} by the script, but the program takes it as {got}; '
        + _OURS_EN,
    ),
    walk_value=(
        "回答为（{answers}）时，算出的“{value}”按脚本的意思是 {wanted}，程序得出的却是 {got}；" + _OURS_ZH,
        'after ({answers}) the value "{value}" means {wanted} by the script, but the program takes it as {got}; '
        + _OURS_EN,
    ),
    walk_outcome=(
        "回答为（{answers}）时，{what}按脚本应该是 {wanted}，程序得出的却是 {got}；" + _OURS_ZH,
        "after ({answers}), {what} should be {wanted} by the script, but the program finds {got}; "
        + _OURS_EN,
    ),
    walk_changed_answer=(
        "同一个人上次在“{question}”上不符合，这次回答为（{answers}），{what}按规则 X8 应该是 {wanted}，程序得出的却是 {got}；"
        + _OURS_ZH,
        'for somebody who failed by "{question}" before and now says ({answers}), {what} should be {wanted} by rule X8, but the program finds {got}; '
        + _OURS_EN,
    ),
    walk_verdict=(
        "各条标准判断到 {what} 为止，结论和再来日期应该是 {wanted}，程序得出的却是 {got}；" + _OURS_ZH,
        "with the criteria up to {what}, verdict and come-back date should be {wanted}, but the program finds {got}; "
        + _OURS_EN,
    ),
    walk_endless=(
        "回答为（{answers}）之后，又回到了前面的问题“{question}”，可能问不完；" + _OURS_ZH,
        'after ({answers}) the earlier question "{question}" is asked, which may never end; ' + _OURS_EN,
    ),
    walk_edit=(
        "把答案改成（{answers}）之后，应该留下 {wanted}，程序留下的却是 {got}，或者接着问的不对；" + _OURS_ZH,
        "when answers are changed to ({answers}), {wanted} should be kept, but the program keeps {got} or goes on wrongly; "
        + _OURS_EN,
    ),
    walk_aside=(
        "回答为（{answers}）之后换一种语言或返回一题，应该还在问“{wanted}”，程序问的却是“{got}”；" + _OURS_ZH,
        'after ({answers}), changing the language or going back and forth should leave "{wanted}" standing, but the program asks "{got}"; '
        + _OURS_EN,
    ),
    walk_pointless=(
        "问题“{question}”无论怎么回答，结果都一样；请让不同的回答有不同的含义，或者删掉这个问题。",
        'whatever is answered to question "{question}", the result is the same; give its answers different meanings, or leave the question out',
    ),
    walk_never_asked=(
        "没有任何回答会走到问题“{question}”；请改正它的 ask_if，或者前面问题的含义和 ask_if。",
        'no answers lead to question "{question}"; correct its ask_if, or the meanings and conditions of those before it',
    ),
    walk_unsettled=(
        "回答为（{answers}）时，没有任何回答说明标准 {criterion} 是否符合，它会被当成“不适用”；请让追问在这时也问到，或者把含义 next 改成别的。",
        'after ({answers}) nothing says whether criterion {criterion} is met, and it would count as "does not apply"; let the follow-up be asked then too, or give the answer another meaning than next',
    ),
    walk_text_missing=(
        "参与者会读到“{where}”，可是它没有{language}；请补上。",
        'participants get to read "{where}", which has no {language} text; write it',
    ),
    walk_too_many=(
        "各题的回答组合起来太多，没法证明每条路都对；问题“{question}”的回答最多，有 {count} 种要分开看：请让条件（ask_if、when）少看它的单个选项，或者把它拆成几个问题。",
        'answers can be combined in too many ways to prove every path; question "{question}" has the most, {count} that are told apart: let conditions (ask_if, when) look at fewer of its single options, or make several questions of it',
    ),
    walk_list_too_long=(
        "“核对答案”的{language}最长会有 {length} 个字符，一条消息最多 {limit} 个；请把 short 和按钮文字写短一些。",
        'the list under "check your answers" can have {length} characters in {language}, one message holds {limit}; make short names and buttons shorter',
    ),
)

_WITNESS = _rule(
    "witness",
    unwitnessed=(
        "没有人说过{gap}；请判断“{case}”这个建议的用例，把 expect 改成应有的结果，再加进试答用例。",
        'nobody has said {gap}; judge the proposed case "{case}", give it the result it should have, and add it to the rehearsals',
    ),
    unwitnessed_hard=(
        "没有人说过{gap}；没有找到能看出差别的回答，请自己写一个用例，或者请人看一看这个含义有没有用。",
        "nobody has said {gap}; no answers were found that show it: write a case yourself, or see whether this meaning is of any use",
    ),
)

_SHEET = _rule(
    "sheet",
    sheet_unreadable=(
        "这不是 Excel 工作簿（.xlsx），或者加了密码；请在 Excel 或 WPS 里打开，另存为“Excel 工作簿（*.xlsx）”，不要加密码。",
        'this is not an Excel workbook (.xlsx), or it has a password; open it in Excel or WPS and use "Save as" with the type "Excel Workbook (*.xlsx)", without a password',
    ),
    sheet_too_big=(
        "这个工作簿太大了，最多 {limit} MB；请删掉多余的行、图片和工作表，或者重新导出一份。",
        "this workbook is too big, at most {limit} MB can be read; delete rows, pictures and sheets that do not belong to it, or export a new one",
    ),
    sheet_tab_missing=(
        "没有名叫“{word}”的工作表；请把它的名字改回来，或者重新导出一份，把改过的文字复制过去。",
        'there is no sheet called "{word}"; give it its name back, or export a new workbook and copy your changes into it',
    ),
    sheet_column_missing=(
        "第 1 行里没有“{word}”这一列；请把标题改回来，或者重新导出一份，把改过的文字复制过去。",
        'row 1 has no column "{word}"; give the column its heading back, or export a new workbook and copy your changes into it',
    ),
    sheet_of_other_study=(
        "这是“{word}”的工作簿，要改的却是“{study}”；请选对文件。",
        'this is a workbook of "{word}", not of "{study}"; choose the other file',
    ),
    sheet_row_unknown=(
        "脚本里没有键“{word}”；键要和导出时一样，也不能加行，请改回来，或者重新导出一份。",
        'the script has no key "{word}"; keys stay as they were exported and no rows are added, so put it back, or export a new workbook',
    ),
    sheet_row_without_key=(
        "这一行没有键，是加出来的，或者键被删掉了；请把键补回来，新的问题请写在脚本里。",
        "this row has no key, it was added or its key was deleted; put the key back, and write what is new in the script",
    ),
    sheet_row_twice=(
        "键“{word}”有好几行，不知道该用哪一行；请只留一行，并检查是不是改错了键。",
        'several rows have the key "{word}", so it is not known which one counts; keep one of them, and check whether a key was changed',
    ),
    sheet_formula=(
        "这一格是公式；请直接写文字，文字以“=”开头的，在前面加一个单引号（'）。",
        "this cell holds a formula; write the text itself, with an apostrophe (') in front if it begins with =",
    ),
    sheet_converted=(
        "表格软件把这一格变成了日期或数字（{word}），不再是原来写的文字；请把单元格格式设为“文本”，再重新输入。",
        'the spreadsheet turned this cell into a date or a number ({word}), which is not what was typed; set the format of the cell to "Text" and type it again',
    ),
    sheet_not_a_number=(
        "“{word}”不是数字；请只写一个数字，例如 18。",
        '"{word}" is no number; write just a number, for example 18',
    ),
    sheet_both_changed=(
        "导出以后，脚本里的这一处也改过，现在是“{word}”；请重新导出一份，在新的表里改。",
        'since the export this place was changed in the script too, it now is "{word}"; export a new workbook and change it there',
    ),
    sheet_cannot_edit=(
        "{place}：这一处不能从表格里改；请直接改脚本文件。",
        "{place}: this cannot be changed from a table; change the script itself",
    ),
    sheet_text_too_long=(
        "{place}：这段文字超过一格能放的 {limit} 个字符；请先在脚本里改短。",
        "{place}: this text is longer than the {limit} characters a cell can hold; shorten it in the script first",
    ),
)

#: What nothing is lost by.
_SHEET |= _rule(
    "sheet",
    True,
    sheet_of_other_version=(
        "表格是从版本 {made} 导出的，脚本现在是 {now}；只取用表格里改过、脚本里没动过的地方，请看清下面的改动。",
        "the workbook was made from version {made}, the script is now {now}; only what was edited in the workbook and not in the script is taken, look at the changes below",
    ),
    sheet_rows_missing=(
        "表格里少了 {count} 行（{places}），它们在脚本里保持原样；要改这些文字，请重新导出一份。",
        "the workbook lacks {count} of its rows ({places}), which stay in the script as they are; to change these texts, export a new workbook",
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
    **_UNSURE,
    **_REACH,
    **_LEDGER,
    **_READING,
    **_ASKING,
    **_JARGON,
    **_SLOTS,
    **_SITE_FACTS,
    **_PUNCTUATION,
    **_TONE,
    **_CLAIMS,
    **_INDUCEMENT,
    **_ALLOWED,
    **_NUMBERS,
    **_NEGATION,
    **_YES_NO,
    **_INVERTED,
    **_GLOSSARY,
    **_WRONG_LANGUAGE,
    **_LIMITS,
    **_CASES,
    **_TO_BE_WRITTEN,
    **_FOLDER,
    **_UNUSED,
    **_WALK,
    **_WITNESS,
    **_SHEET,
}

#: What each rule asks for, in one sentence.
ASKED: Mapping[str, Text] = {
    "file": {"zh": "文件能读，而且确实是流程脚本。", "en": "The file can be read and is a flow script."},
    "yaml": {
        "zh": "缩进、引号、括号、冒号都对。",
        "en": "Indentation, quotation marks, brackets and colons are right.",
    },
    "keys": {
        "zh": "每个部分只有认识的字段，需要的都有。",
        "en": "Each part has only keys that exist, and all it needs.",
    },
    "values": {"zh": "每一项的内容是该有的样子。", "en": "Each value is of the kind that belongs there."},
    "ids": {"zh": "编号写法正确，不重复。", "en": "Ids are well formed, and none is used twice."},
    "languages": {"zh": "每段文字每种语言都有。", "en": "Each text is there in every language."},
    "references": {
        "zh": "提到的标准、选项都存在。",
        "en": "Criteria and answers that are referred to exist.",
    },
    "criteria": {
        "zh": "方案里的每条标准都有着落。",
        "en": "Every criterion of the protocol is accounted for.",
    },
    "conditions": {"zh": "条件只看前面问过的问题。", "en": "A condition looks only at answers given before."},
    "meanings": {
        "zh": "每个回答都说明对每条标准的含义。",
        "en": "Every answer says what it means for every criterion.",
    },
    "reach": {
        "zh": "每个问题都走得到，每个条件都可能成立。",
        "en": "Every question can be reached, and every condition can hold.",
    },
    "ledger": {
        "zh": "每条标准都可能符合，也可能不符合。",
        "en": "Every criterion can be met, and can be failed.",
    },
    "unsure": {
        "zh": "不确定的人不会被拒绝，也不会直接通过。",
        "en": "Who is not sure is neither turned away nor passed.",
    },
    "lasting": {"zh": "每个“不符合”都说明会不会变。", "en": "Every fail says whether it can pass."},
    "ranges": {"zh": "数字的各段首尾相接，不重不漏。", "en": "Ranges join up without a gap or an overlap."},
    "computed": {
        "zh": "算出来的值用对了问题和单位。",
        "en": "A value is worked out from questions for the right numbers, in the right units.",
    },
    "windows": {"zh": "时间窗只用一种单位。", "en": "A time window is counted in one unit."},
    "limits": {
        "zh": "标准里写的数字，就是问题用的界限。",
        "en": "The numbers a criterion gives are the limits its questions use.",
    },
    "inverted": {"zh": "回答的含义没有写反。", "en": "No answer means the opposite of what it says."},
    "placeholders": {
        "zh": "占位符能填上，各种语言一致。",
        "en": "Placeholders can be filled and are the same in every language.",
    },
    "slots": {
        "zh": "该写明的都写明：打给谁、几天删除。",
        "en": "Texts say what they are for: whom to call, when answers are deleted.",
    },
    "site_facts": {
        "zh": "机构的电话和天数不写死在脚本里。",
        "en": "Phone numbers and days of the site are not written out.",
    },
    "lengths": {
        "zh": "文字放得进 Telegram 的消息和按钮。",
        "en": "Texts fit Telegram's messages and buttons.",
    },
    "labels": {"zh": "一题的按钮各不相同。", "en": "The buttons of a question can be told apart."},
    "numbers": {
        "zh": "中英文的数字、单位、比较词一致。",
        "en": "Both languages give the same numbers, units and comparisons.",
    },
    "negation": {
        "zh": "一种语言否定的，另一种语言也否定。",
        "en": "What one language denies, the other denies too.",
    },
    "yes_no": {
        "zh": "按钮的文字和代码一致：是就是“是”，否就是“否”。",
        "en": "The words of a button go with its code: yes says yes, no says no.",
    },
    "wrong_language": {"zh": "每段文字用的是自己的语言。", "en": "Each text is in its own language."},
    "glossary": {
        "zh": "术语表里的词，处处用同一个译法。",
        "en": "A term of the glossary is translated the same way everywhere.",
    },
    "claims": {
        "zh": "不说产品安全、有效、新，不说人合格，不作保证。",
        "en": "No text says that a product is safe, works or is new, or that somebody qualifies.",
    },
    "inducement": {
        "zh": "不用钱、名额、催促来劝人参加。",
        "en": "No text talks people into joining by money, scarcity or hurry.",
    },
    "tone": {
        "zh": "用“您”，不夸奖，不表示遗憾，不用表情符号。",
        "en": "Texts are polite and plain: 您, no praise, no regret, no emoji.",
    },
    "punctuation": {
        "zh": "中文用中文标点，英文用英文标点。",
        "en": "Chinese texts have Chinese punctuation, English ones English.",
    },
    "reading": {
        "zh": "问题、说明、句子都不太长。",
        "en": "Questions, help texts and sentences are short enough.",
    },
    "asking": {
        "zh": "一题只问一件事，从正面问，只有一个问号。",
        "en": "A question asks one thing, in the positive, with one question mark.",
    },
    "jargon": {
        "zh": "不是人人都懂的词，说明里有解释。",
        "en": "A word that not everybody knows is explained in the help.",
    },
    "allowed": {"zh": "列出的例外都用得上。", "en": "Every exception that is listed is needed."},
    "folder": {"zh": "流程名和文件夹名一样。", "en": "The flow is called like its folder."},
    "unused": {"zh": "没有用不到的选项组。", "en": "No answer set is left unused."},
    "to_be_written": {
        "zh": "草稿里标着待写的都写好了。",
        "en": "Whatever a draft marks as still to be written is written.",
    },
    "walk": {
        "zh": "把每条路都走一遍：总会结束，结果都对。",
        "en": "Every path is walked: it ends, and ends rightly.",
    },
    "cases": {
        "zh": "试答用例能读，提到的都存在。",
        "en": "Rehearsals can be read, and what they name exists.",
    },
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

# What a sentence counts by.
CHARACTERS: Text = {"zh": "个字", "en": "characters"}
WORDS: Text = {"zh": "个词", "en": "words"}
# What a sentence calls a part of the result.
RESULT: Mapping[str, Text] = {
    "asked": {"zh": "问到的题", "en": "the questions asked"},
    "next": {"zh": "下一题", "en": "the next question"},
    "verdict": {"zh": "初筛结论", "en": "the verdict"},
    "come_back": {"zh": "再来日期", "en": "the come-back date"},
    "flags": {"zh": "提示", "en": "the flags"},
}


def result_name(part: str) -> Text:
    """A part of the result, or a criterion by its id."""
    return RESULT.get(part, {"zh": f"标准 {part} ", "en": f"criterion {part}"})


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
AN_ALLOWED_PHRASE: Text = {"zh": "这条例外", "en": "this exception"}
A_FLAG: Text = {"zh": "这条标记", "en": "this flag"}
A_CASE: Text = {"zh": "这个用例", "en": "this case"}
AN_EDIT: Text = {"zh": "这处修改", "en": "this edit"}
EARLIER: Text = {"zh": "earlier 部分", "en": "earlier"}
EXPECT: Text = {"zh": "expect 部分", "en": "expect"}

"""What the channel says by itself; everything else is said by the bot."""

WELCOME = (
    "有什么麻烦，用平常话发给我就行，语音也可以。比如：{example}。\n我是机器，给的是一般信息。想找人说，发“人工”。"
    "\nEnglish is fine, too."
)
OPENING = "【通知】{text}"
NO_VOICE = "这段语音没有听清，请再说一遍，或者打字。急事请打 12348；有危险马上打 110。"
NO_PICTURE = "图片和视频我看不了。请用几句话说说是什么事；材料先留好，办理时再交。"
PLACE = "我在{place}"
CONSENT = "{text}\n\n同意就回复“同意”。想让人回电，就把电话写在后面，比如：同意 电话号码。"
CONSENT_ENGLISH = '{text}\n\nIf you agree, reply "agree". To be called back, add your phone: agree 138…'
NO_STORY = "还没有说是什么事，请先把事情说一说。"
BAD_PHONE = "电话号码不对：手机号是 11 位，座机请加区号，比如 027 开头。请再回复一次“同意”加电话。"
JOINED = "已接上工单 {number}。{state}。\n接着说就行，不用从头讲。"
WRONG_CODE = "工单号或查询码不对，请核对后再发。"
TOO_MANY_TRIES = "试得太多了，请过一小时再查，或拨打 12348。"
FAILED = "系统正忙，您的话请过一会儿再发一次。急事请打 12348；有危险马上打 110。"
REASON_KEPT = "记下了：{reason}。我们会改。"
TOO_FAST = "您发得太快了，请歇一分钟再发。着急的话请打 12348。"
MY_DATA = "我的信息"
ERASE_MY_DATA = "删除我的信息"
ERASE_FOR_SURE = "确认删除我的信息"
HELD = "我们这里有您的：这段对话，您说了 {said} 句{tickets}。"
HELD_TICKET = "；工单 {number}（{state}）"
NOTHING_HELD = "我们这里没有您说过的话，也没有您的工单。"
COPY_ON_PAGE = "要看、要存一份：点 {link} ，打开后点“更多”，再点“我的信息”。"
COPY_BY_CODE = "要存一份：在一拨通网页点“查工单”，凭工单号和查询码看；或者带身份证到服务中心。"
TO_ERASE = f"要删，回复“{ERASE_MY_DATA}”。"
WHAT_IS_ERASED = (
    "会删掉：您在这里说过的话；办完的工单里，您的姓名、电话、说过的话、照片和文件。删了找不回来。\n\n不会删掉的："
)
SURE_TO_ERASE = f"\n想好了，回复“{ERASE_FOR_SURE}”。不想删，不用回。"
ERASED = "删好了。以后有事，随时再发给我。"


def resume_link(page: str, conversation_id: str, token: str) -> str:
    """Where the page goes on with a conversation; empty where it can't."""
    return f"{page}#resume={conversation_id}.{token}" if page and token else ""

"""Chinese, simplified. Words are found by longest match, since nothing separates them."""

from ai.grounding.lexicon.words import Words, listed

WORDS = Words(
    glue=listed(
        """
        我的 我们的 的 了 着 过 地 得 和 与 及 或 以及 在 于 从 到 至 对 对于 关于 给 把 被 向 由 为 为了 因为 所以
        如果 那 那么 这 这个 这些 那个 那些 此 此事 并 该 其 它 他 她 他们 她们 什么 哪 哪里 怎么 如何 多少 吗 呢 吧
        啊 也 都 还 又 再 就 才 只 已 已经 将 会 上 下 中 里 内 外 前 后 时 时候 个 一个 一下 之 之间 每 各 另 另外
        其他 更 最 很 非常 房产 房源 房子 本 下次 物业 地址 处 位于 套 间 号 您好 现 现在 以下 情况
        """
    ),
    courtesy=listed(
        """
        你好 您好 尊敬 亲爱 谢谢 感谢 多谢 请 祝 祝好 顺祝 商祺 此致 敬礼 抱歉 对不起 很高兴 高兴 期待 欢迎 随时
        联系 帮助 希望 先生 女士 来信 回复 更多 信息 有任何 任何
        """
    ),
    negation=listed("不 没 没有 无 未 非 别 不是 不能 不可 尚未"),
    affirmation=listed("是的 对的 好的 可以 当然 没错 确实"),
    second=listed("您 你 您的 你的 你们 您们"),
    first=listed("我 我们"),
    asserting=listed("是 有 能 可以 可 属于 具有 拥有"),
    whether=listed("是否 能否"),
    breaking=listed("但 但是 而且 不过 ， ； 。 、 （ ）"),
    asking=listed("问 询问 咨询 问题 提问 来信 邮件 信 感兴趣 兴趣 提到 留言"),
    wish=listed("想 想要 希望 愿意 打算 方便 电话 致电"),
    money=listed("预算 贷款 资金 出价"),
    follow_up=listed(
        """
        核实 确认 查询 了解 答复 回复 联系 致电 打电话 转达 转交 转告 发送 告知 尽快 跟进 再 回电
        """
    ),
    booking=listed("登记 预约 预留 安排 记录"),
    bounds=listed("超过 以上 以下 不到 最"),
    staff=listed("卖方 业主 房东 物业经理 同事 团队 经纪人 中介"),
)

"""The letters that accounts send."""


def reset_letter(name: str, username: str, url: str, *, minutes: int) -> tuple[str, str]:
    """Return subject and body of the letter with a reset link."""
    subject = "重置登录密码"
    body = (
        f"{name}，您好：\n\n"
        f"清洁生产信息公共服务平台收到重置账号“{username}”登录密码的请求。\n"
        f"请在 {minutes} 分钟内打开以下链接设置新密码：\n\n{url}\n\n"
        "如非本人操作，请忽略本邮件，密码不会改变。\n"
    )
    return subject, body

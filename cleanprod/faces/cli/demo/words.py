"""What invented firms are called and what they make, city by city."""

from typing import NamedTuple


class Trade(NamedTuple):
    """A trade as a firm's name says it, with its code of GB/T 4754-2017."""

    word: str
    code: str


FIRST = "云青澄霁岚晴朗清碧翠润泽瑞锦晟铭皓昕景和沐煦栩霖淳芷蔚澜溪屿"
SECOND = "杉禾川岩峰岭涛汀洲帆桥榕枫桐梧竹荷兰菱棠松柏石泉溪谷原野星辰"

PLATING = Trade("电镀", "3360")
COATING = Trade("表面处理", "3360")
ALUMINIUM = Trade("铝型材", "3252")
CERAMICS = Trade("陶瓷", "3071")
CIRCUITS = Trade("电路板", "3982")
PLASTICS = Trade("塑胶", "2929")
PRINTING = Trade("印刷", "2319")
FURNITURE = Trade("家具", "2110")
SHOES = Trade("鞋业", "1952")
PAINT = Trade("涂料", "2641")
RESIN = Trade("树脂", "2651")
PAPER = Trade("纸业", "2221")
DYEING = Trade("印染", "1713")
STEEL = Trade("钢铁", "3130")
CEMENT = Trade("水泥", "3011")
REFINING = Trade("石化", "2511")
PARTS = Trade("汽车零部件", "3660")
METAL = Trade("金属结构", "3311")
COPPER = Trade("铜业", "3251")
ALLOY = Trade("合金", "3240")
GLASS = Trade("玻璃", "3041")
MEDICINE = Trade("原料药", "2710")
LIGHTS = Trade("灯饰", "3872")
HARDWARE = Trade("五金", "3351")
TABLEWARE = Trade("不锈钢制品", "3382")
POTTERY = Trade("日用陶瓷", "3074")
BATHROOM = Trade("卫浴陶瓷", "3072")
KNITTING = Trade("针织", "1761")
SUGAR = Trade("糖业", "1340")
STONE = Trade("石材", "3032")

TRADES: dict[str, tuple[Trade, ...]] = {
    "440100": (PARTS, PAINT, PRINTING, REFINING, COATING, MEDICINE),
    "440300": (CIRCUITS, PLATING, PRINTING, PLASTICS, COATING),
    "440400": (CIRCUITS, MEDICINE, PLASTICS, PAPER, COATING),
    "440500": (PRINTING, DYEING, KNITTING, PLASTICS, PLATING),
    "440600": (CERAMICS, ALUMINIUM, COATING, PLATING, FURNITURE, DYEING),
    "440200": (STEEL, ALLOY, CEMENT, COPPER),
    "441600": (CIRCUITS, ALLOY, CEMENT, PLASTICS),
    "441400": (CIRCUITS, COPPER, CEMENT, PARTS),
    "441300": (CIRCUITS, PLATING, REFINING, PLASTICS, SHOES),
    "441500": (CIRCUITS, HARDWARE, FURNITURE),
    "441900": (PLATING, CIRCUITS, PAPER, PRINTING, FURNITURE, SHOES, PLASTICS, COATING),
    "442000": (LIGHTS, HARDWARE, COATING, PLATING, PLASTICS, DYEING),
    "440700": (HARDWARE, PLATING, BATHROOM, PAPER, DYEING, COATING),
    "441700": (ALLOY, HARDWARE, STEEL, COATING),
    "440800": (PAPER, SUGAR, REFINING, STEEL),
    "440900": (REFINING, RESIN, PLASTICS, CEMENT),
    "441200": (CERAMICS, ALLOY, METAL, PLATING, CEMENT),
    "441800": (CERAMICS, COPPER, CEMENT, ALUMINIUM, COATING),
    "445100": (POTTERY, BATHROOM, CERAMICS, PRINTING),
    "445200": (TABLEWARE, METAL, HARDWARE, DYEING),
    "445300": (STONE, CEMENT, CERAMICS, TABLEWARE),
}

_SERVICES = ("清洁生产咨询", "环保科技", "节能技术", "环境工程")
CONSULTANCIES = tuple(
    f"{first}{SECOND[7 * n % len(SECOND)]}{_SERVICES[n % len(_SERVICES)]}示例有限公司"
    for n, first in enumerate(FIRST)
)

